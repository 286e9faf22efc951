import assert from 'node:assert/strict';
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createBuildDashboard } from '../../../src/activities/dashboard/build-dashboard.js';
import { Product } from '../../../src/db/models/product.js';
import { createDasherDashboard } from '../../../src/integrations/dashboard/dasher-dashboard.js';
import { createLogger } from '../../../src/observability/logger.js';
import { startTestKeeper, type TestKeeper } from '../../support/keeper.js';
import { startRecordingServer } from '../../support/recording-server.js';
import { makeProduct } from '../../support/scenario.js';

describe('buildDashboard', () => {
  let keeper: TestKeeper;
  before(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, 'pipelines');
  });
  after(() => keeper.close());

  it('ends its request when it is cancelled, and records no failed attempt', async () => {
    const environment = new MockActivityEnvironment();
    const dasher = await startRecordingServer(() => {
      environment.cancel('CANCELLED');
    });
    keeper.cleanUp.push(() => dasher.close());
    dasher.replyWith('hang');
    const { id } = await Product.query(keeper.knex).findOne({ slug: 'pipelines' }).throwIfNotFound();
    const build = createBuildDashboard({
      knex: keeper.knex,
      cdn: null,
      logger: createLogger({ level: 'silent', name: 'test' }),
      dashboard: createDasherDashboard({ url: dasher.url }),
      baseUrl: null,
    });
    await assert.rejects(environment.run(build, id), CancelledFailure);
    const product = await Product.query(keeper.knex).findById(id).throwIfNotFound();
    assert.deepEqual([product.dashboard_attempted_generation, product.dashboard_error], [0, null]);
  });
});
