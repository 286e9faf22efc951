import assert from 'node:assert/strict';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { ageBuilds, makeBuild, makeProduct, type ScenarioBuild } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const product = 'pipelines';
const hour = 3_600_000;

describe('uploads that never end', () => {
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper();
    await startTestWorker(keeper, {
      deletion: { deprecatedAfterDays: null, abandonedUploadHours: 1, abandonedUploads: true },
    });
    await makeProduct(keeper, product);
  });

  after(async () => {
    await keeper.close();
  });

  async function pass(): Promise<void> {
    await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
  }

  /** A build registered two hours ago. */
  async function old(objects: Readonly<Record<string, string>>): Promise<ScenarioBuild> {
    const build = await makeBuild(keeper, product, objects);
    const registered = new Date(Date.now() - 2 * hour);
    await keeper.knex('builds').where({ id: build.id }).update({ date_created: registered });
    return build;
  }

  async function abandonedAt({ id }: ScenarioBuild): Promise<unknown> {
    const { body } = await keeper.request('GET', `/builds/${id}`);
    return (body as { date_abandoned: unknown }).date_abandoned;
  }

  it('keeps an upload while objects arrive, and schedules the next check for when they may have stopped', async () => {
    const build = await old({ 'index.html': 'just now' });
    await pass();
    assert.equal(await abandonedAt(build), null);
    const row = await keeper.knex('builds').where({ id: build.id }).first<{ upload_look_at: Date }>();
    const minutes = (row.upload_look_at.getTime() - Date.now()) / 60_000;
    assert.ok(minutes > 50 && minutes <= 60, `in ${minutes} minutes`);
  });

  it('abandons an upload without new objects, and deletes the objects that arrived', async () => {
    const build = await old({});
    await pass();
    assert.match(String(await abandonedAt(build)), /Z$/);
    const { status } = await keeper.request('PATCH', `/builds/${build.id}`, { uploaded: true });
    assert.equal(status, 400);
    await keeper.bucket.put(`${build.prefix}late.html`, 'too late');
    await pass();
    assert.deepEqual(await keeper.bucket.keys(build.prefix), [`${build.prefix}late.html`]);
    await ageBuilds(keeper);
    await pass();
    await eventually('the objects to be deleted', async () => {
      const row = await keeper.knex('builds').where({ id: build.id }).first<{ objects_deleted_at: Date | null }>();
      return row.objects_deleted_at !== null;
    });
    assert.deepEqual(await keeper.bucket.keys(build.prefix), []);
  });

  it('checks other uploads while one bucket does not answer', async () => {
    await makeProduct(keeper, 'elsewhere', 'no-such-bucket');
    const lost = await makeBuild(keeper, 'elsewhere', {});
    const dead = await old({});
    await keeper
      .knex('builds')
      .where({ id: lost.id })
      .update({ date_created: new Date(0) });
    await pass();
    assert.deepEqual([await abandonedAt(lost), typeof (await abandonedAt(dead))], [null, 'string']);
  });
});
