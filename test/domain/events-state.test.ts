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
    ['none without events', [], 'none', null],
    ['waiting before an event is delivered', [waiting], 'waiting', null],
    ['delivered once all events are delivered', [delivered, delivered], 'delivered', null],
    ['waiting until the last event is delivered', [delivered, waiting], 'waiting', null],
    ['rejected with the reason of a refused event', [delivered, rejected], 'rejected', 'HTTP 400'],
    [
      'waiting, with the reason, while one event is refused',
      [{ outcome: null, error: 'HTTP 404' }],
      'waiting',
      'HTTP 404',
    ],
    ['waiting, with the reason, beside a refused event', [rejected, waiting], 'waiting', 'HTTP 400'],
  ];
  for (const [what, events, state, error] of cases)
    it(`reports the events as ${what}`, () => {
      assert.deepEqual(eventsProgress(events), { state, error });
    });
});
