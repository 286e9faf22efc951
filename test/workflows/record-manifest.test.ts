import assert from 'node:assert/strict';
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { mapEach } from '../../src/process/limits.js';
import type { ManifestEntry } from '../../src/copy-engine/manifest.js';
import { createManifestStore } from '../../src/db/manifests/manifest-store.js';
import { manifestWorkflowId, wakeSignal } from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, makeBuild, makeProduct, type ScenarioBuild } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';
import { startWorkerProcess } from '../support/worker-process.js';

const product = 'pipelines';
const names = (count: number, of: string): string[] =>
  Array.from({ length: count }, (_, at) => `${of}-${String(at).padStart(4, '0')}.html`);

/** The signal, the tasks and the activity of a pass; the activity is in the history only after its end. */
const maxEventsOfAPass = 6;

/** Long enough for the server to give a killed attempt up, in milliseconds. */
const timeoutMs = 120_000;

describe('RecordManifest', function () {
  this.timeout(timeoutMs);
  let keeper: TestKeeper;

  beforeEach(async () => {
    keeper = await startTestKeeper();
    await makeProduct(keeper, product);
  });
  afterEach(async () => {
    await keeper.close();
  });

  /** A build that no edition tracks, so that only the recording reads its objects. */
  const registered = async (): Promise<ScenarioBuild> => {
    const build = await makeBuild(keeper, product, {}, ['unfollowed']);
    await keeper.request('DELETE', '/editions/2');
    return build;
  };
  const upload = (build: ScenarioBuild, paths: readonly string[]): Promise<unknown> =>
    mapEach(paths, 16, (path) =>
      keeper.bucket.put(build.prefix + path, `content of ${path}`, { ContentType: 'text/html' }),
    );
  const shown = async (build: ScenarioBuild): Promise<{ objects: number | null; bytes: number | null }> => {
    const { body } = await keeper.request('GET', new URL(build.url).pathname);
    const { objects, bytes } = body as { objects: number | null; bytes: number | null };
    return { objects, bytes };
  };
  const untilShown = (build: ScenarioBuild, objects: number): Promise<unknown> =>
    eventually(`${objects} objects to be recorded`, async () => (await shown(build)).objects === objects, timeoutMs);
  const run = (build: ScenarioBuild) => keeper.client.workflow.getHandle(manifestWorkflowId(build.id));
  const ended = (build: ScenarioBuild): Promise<WorkflowExecutionDescription> =>
    eventually(
      'the run to end',
      async () => {
        const description = await run(build).describe();
        return description.status.name !== 'RUNNING' && description;
      },
      timeoutMs,
    );
  const complete = async ({ id }: ScenarioBuild): Promise<ManifestEntry[]> => {
    const manifest = await createManifestStore(keeper.knex).findComplete(id);
    const entries: ManifestEntry[] = [];
    for await (const part of manifest?.read(null) ?? []) entries.push(...part);
    return entries;
  };
  const lastSequence = (): number => keeper.bucket.faults.log().at(-1)?.sequence ?? 0;
  const headsSince = (sequence: number, { prefix }: ScenarioBuild): string[] =>
    keeper.bucket.faults
      .log(sequence)
      .filter(({ operation, bucket }) => operation === 'HeadObject' && bucket === keeper.bucket.name)
      .map(({ key = '' }) => key.slice(prefix.length));

  it('records headers during the upload, and sends HEADs for the rest at its end', async () => {
    await startTestWorker(keeper, { manifestSlots: 1 });
    const build = await registered();
    assert.deepEqual(await shown(build), { objects: null, bytes: null });
    const early = names(40, 'early');
    const start = lastSequence();
    await upload(build, early);
    await untilShown(build, early.length);
    assert.deepEqual(headsSince(start, build).sort(), early);
    assert.equal((await run(build).describe()).status.name, 'RUNNING');

    const tail = names(3, 'tail');
    await upload(build, tail);
    const before = lastSequence();
    await announce(keeper, build);
    const description = await ended(build);
    assert.equal(description.status.name, 'COMPLETED');
    assert.deepEqual(headsSince(before, build).sort(), tail);
    const entries = await complete(build);
    assert.deepEqual(
      entries.map(({ key }) => key),
      [...early, ...tail],
    );
    assert.ok(entries.every(({ headers }) => headers.system['content-type'] === 'text/html'));
    const bytes = entries.reduce((sum, { size }) => sum + size, 0);
    assert.deepEqual(await shown(build), { objects: 43, bytes });
    assert.deepEqual(description.memo, { product, build: build.slug, objects: 43, bytes });
  });

  it('leaves the rest to the copy when an edition is about to show the build', async () => {
    await startTestWorker(keeper, { manifestSlots: 1, queues: ['keeper', 'keeper-manifests'] });
    const build = await makeBuild(keeper, product, { 'index.html': 'early' });
    await untilShown(build, 1);
    await upload(build, names(3, 'tail'));
    await announce(keeper, build);
    const before = lastSequence();
    const { historyLength } = await run(build).describe();
    await run(build).signal(wakeSignal);
    await eventually(
      'a pass',
      async () => (await run(build).describe()).historyLength > historyLength + maxEventsOfAPass,
    );
    assert.deepEqual(headsSince(before, build), []);
    assert.deepEqual(await complete(build), []);

    // No copy needs it any more.
    await keeper.request('PATCH', '/editions/1', { pending_rebuild: false });
    await run(build).signal(wakeSignal);
    assert.equal((await ended(build)).status.name, 'COMPLETED');
    assert.equal((await complete(build)).length, 4);
  });

  it('lists recorded objects again no more often than necessary', async () => {
    await startTestWorker(keeper, { manifestSlots: 1 });
    const build = await registered();
    await upload(build, names(5, 'page'));
    await announce(keeper, build);
    await ended(build);
    const before = lastSequence();
    await announce(keeper, build);
    await ended(build);
    assert.deepEqual(
      keeper.bucket.faults.log(before).filter(({ bucket }) => bucket === keeper.bucket.name),
      [],
    );
  });

  it('continues as a new run before its history grows long', async () => {
    await startTestWorker(keeper, { manifestSlots: 1 });
    const build = await registered();
    const { runId } = await run(build).describe();
    await eventually('a new run', async () => {
      await run(build).signal(wakeSignal);
      return (await run(build).describe()).runId !== runId;
    });
    const first = keeper.client.workflow.getHandle(manifestWorkflowId(build.id), runId);
    const { events } = await first.fetchHistory();
    assert.ok((events ?? []).length < 150, `${(events ?? []).length} events`);
    await upload(build, names(2, 'page'));
    await announce(keeper, build);
    await ended(build);
    assert.equal((await complete(build)).length, 2);
  });

  it('ends when the build is deprecated', async () => {
    await startTestWorker(keeper, { manifestSlots: 1 });
    const build = await registered();
    await keeper.request('DELETE', new URL(build.url).pathname);
    assert.equal((await ended(build)).status.name, 'COMPLETED');
  });

  it('fails with the reason when an uploaded build has no objects', async () => {
    await startTestWorker(keeper, { manifestSlots: 1 });
    const build = await registered();
    await announce(keeper, build);
    assert.equal((await ended(build)).status.name, 'FAILED');
    await assert.rejects(run(build).result(), (error: Error) => {
      assert.match(String((error.cause as Error).cause), /The build has no objects/);
      return true;
    });
    assert.deepEqual(await shown(build), { objects: 0, bytes: 0 });
  });

  it('continues after a worker was killed with -9 half-way through a pass', async () => {
    const settings = { LTD_MANIFEST_SLOTS: '1', LTD_COPY_CONCURRENCY: '4' };
    const build = await registered();
    const pages = names(300, 'page');
    await upload(build, pages);
    const { faults, name: bucket } = keeper.bucket;
    faults.addRule({
      id: bucket,
      match: { bucket, operation: 'HeadObject' },
      action: { kind: 'delay', delayMs: 50 },
    });
    const start = lastSequence();
    const first = await startWorkerProcess(keeper, settings);
    await eventually('half of a pass', () => Promise.resolve(headsSince(start, build).length > 50));
    await first.kill();
    assert.deepEqual(await shown(build), { objects: null, bytes: null });
    faults.removeRule(bucket);
    await announce(keeper, build);
    await startWorkerProcess(keeper, settings);
    assert.equal((await ended(build)).status.name, 'COMPLETED');
    assert.deepEqual(
      (await complete(build)).map(({ key }) => key),
      pages,
    );
  });
});
