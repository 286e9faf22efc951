import assert from 'node:assert/strict';
import { type EventFacts, eventsProgress } from '../../src/domain/events-state.js';

const waiting: EventFacts = { outcome: null, error: null };
const delivered: EventFacts = { outcome: 'delivered', error: null };
const rejected: EventFacts = { outcome: 'rejected', error: 'HTTP 400' };

describe('eventsProgress', () => {
  const cases: readonly (readonly [
    what: string,
    events: readonly EventFacts[],
    state: string,
    error: unknown,
  ])[] = [
    ['none where there is nothing to tell', [], 'none', null],
    ['waiting before it is told', [waiting], 'waiting', null],
    ['delivered once all is told', [delivered, delivered], 'delivered', null],
    ['waiting until the last is told', [delivered, waiting], 'waiting', null],
    ['rejected where one was refused, with the reason', [delivered, rejected], 'rejected', 'HTTP 400'],
    [
      'waiting while one is refused, with the reason',
      [{ outcome: null, error: 'HTTP 404' }],
      'waiting',
      'HTTP 404',
    ],
    ['waiting beside one that was refused, with the reason', [rejected, waiting], 'waiting', 'HTTP 400'],
  ];
  for (const [what, events, state, error] of cases)
    it(`is ${what}`, () => {
      assert.deepEqual(eventsProgress(events), { state, error });
    });
});
