import assert from 'node:assert/strict';
import { createWakeEvents } from '../../src/activities/wake-events.js';
import { createLogger } from '../../src/observability/logger.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../support/protocol.js';

describe('wakeEvents', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let asked: number[];
  let lines: string[];

  before(async () => {
    world = await startProtocolWorld();
    edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.carryOut(await edition.begin(), { events: { baseUrl: null } });
  });
  beforeEach(() => {
    asked = [];
    lines = [];
  });
  after(() => world.close());

  function wake(editionId: number, { down = false, listening = true } = {}): Promise<void> {
    const nothing = (): Promise<void> => Promise.resolve();
    const logger = createLogger({
      level: 'warn',
      name: 'test',
      destination: { write: (line) => void lines.push(line) },
    });
    const workflows = {
      wakeEdition: nothing,
      wakeDashboard: nothing,
      startDomain: nothing,
      wakeLearning: nothing,
      startEvents: nothing,
      wakeEvents: (which: { readonly editionId: number }) => {
        asked.push(which.editionId);
        return down ? Promise.reject(new Error('Temporal is away')) : Promise.resolve();
      },
    };
    const events = listening ? { deliver: nothing } : null;
    return createWakeEvents({ knex: world.knex, workflows, events, logger })(editionId);
  }

  it('wakes the delivery of an edition that has something to tell', async () => {
    await wake(edition.id);
    assert.deepEqual(asked, [edition.id]);
  });

  it('wakes nobody where there is nothing to tell, or nobody to tell it to', async () => {
    await wake((await world.edition()).id);
    await wake(edition.id, { listening: false });
    assert.deepEqual(asked, []);
  });

  it('does not fail the run that published, whatever Temporal says, and logs it', async () => {
    await wake(edition.id, { down: true });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /the delivery of events was not woken/);
  });
});
