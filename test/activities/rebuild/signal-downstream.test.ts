import assert from 'node:assert/strict';
import { signalDownstream } from '../../../src/activities/rebuild/signal-downstream.js';
import { createLogger } from '../../../src/observability/logger.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

describe('signalDownstream', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let asked: number[];
  let dashboards: number[];
  let lines: string[];

  before(async () => {
    world = await startProtocolWorld();
    edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.carryOut(await edition.begin(), { events: { baseUrl: null } });
  });
  beforeEach(() => {
    asked = [];
    dashboards = [];
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
      signalEdition: nothing,
      replaceEdition: nothing,
      endStuckRun: () => Promise.resolve(false),
      startDashboard: nothing,
      signalDashboard: ({ productId }: { readonly productId: number }) => {
        dashboards.push(productId);
        return down ? Promise.reject(new Error('Temporal failed')) : Promise.resolve();
      },
      startDomain: nothing,
      signalManifest: nothing,
      startEvents: nothing,
      signalEvents: (which: { readonly editionId: number }) => {
        asked.push(which.editionId);
        return down ? Promise.reject(new Error('Temporal failed')) : Promise.resolve();
      },
    };
    const events = listening ? { deliver: nothing } : null;
    return signalDownstream({ knex: world.knex, workflows, events, logger }, editionId);
  }

  it('signals the delivery of an edition that has an event', async () => {
    await wake(edition.id);
    assert.deepEqual(asked, [edition.id]);
  });

  it('signals the dashboard of the product, which is dirty after each publication', async () => {
    await wake(edition.id);
    const row = await world
      .knex('products')
      .join('editions', 'editions.product_id', 'products.id')
      .where('editions.id', edition.id)
      .first<{ id: number }>('products.id');
    assert.deepEqual(dashboards, [row.id]);
    await world
      .knex('products')
      .where(row)
      .update({
        dashboard_attempted_generation: world.knex.ref('dashboard_generation'),
        dashboard_built_generation: world.knex.ref('dashboard_generation'),
      });
    await wake(edition.id);
    assert.equal(dashboards.length, 1, 'no signal when the dashboard is current');
    await world.knex('products').where(row).update({ dashboard_built_generation: 0 });
  });

  it('signals no delivery without an event or without a receiver', async () => {
    await wake((await world.edition()).id);
    await wake(edition.id, { listening: false });
    assert.deepEqual(asked, []);
  });

  it('logs a failure of Temporal and does not fail the run that published', async () => {
    await wake(edition.id, { down: true });
    assert.equal(lines.length, 2, 'for the dashboard and for the delivery');
    for (const line of lines) assert.match(line, /was not woken; Reconcile will start it/);
  });
});
