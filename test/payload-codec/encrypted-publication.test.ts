import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { LtdError } from '../../src/domain/errors.js';
import type { EncryptionKey } from '../../src/config/settings/temporal.js';
import { Secret } from '../../src/config/secret.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { announce, makeBuild, makeProduct, readTaskOnce, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

/** All data of this product has this text in its name. */
const marked = 'marked-handbook';

function key(id: string): EncryptionKey {
  return { id, key: new Secret(randomBytes(32).toString('base64')) };
}

const older = key('2025');
const newer = key('2026');

describe('encrypted payloads', () => {
  let keeper: TestKeeper;

  before(async () => {
    keeper = await startTestKeeper({ encryptionKeys: [older], registersDomains: true });
    await makeProduct(keeper, marked);
  });
  after(() => keeper.close());

  it("keeps published data out of Temporal's database, in every field of every run", async () => {
    let failure: string | null = `the CDN has no ${marked}`;
    const stop = await startTestWorker(keeper, {
      dashboard: 'built-in',
      // So that a run fails with this message, which the workflow makes.
      dns: { register: () => Promise.reject(new LtdError('dns_zone_missing', `no zone for ${marked}`)) },
      manifestSlots: 1,
      cdn: {
        purge: () => (failure === null ? Promise.resolve() : Promise.reject(new LtdError('cdn_unavailable', failure))),
      },
    });
    const path = await announce(keeper, await makeBuild(keeper, marked, { 'index.html': 'one' }));
    // From the pending activity as Temporal stores it.
    await eventually('the failure to be reported', async () => {
      const { metadata } = await readTaskOnce(keeper, path);
      return metadata.editions[0]?.last_error === failure;
    });
    await eventually('a run to fail', async () => {
      const list = ['workflow', 'list', '--query', 'ExecutionStatus="Failed"', '--output', 'json'];
      return (JSON.parse(await keeper.temporal.temporal(...list)) as unknown[]).length === 1;
    });
    await keysOfRuns(keeper);
    failure = null;
    assert.equal((await taskEnd(keeper, path)).status, 'SUCCESS');
    assert.deepEqual([...(await keysOfRuns(keeper))], [older.id]);
    await stop();
  });

  it('lets a worker with a newer key in front read them and encrypt with that key', async () => {
    const path = await announce(keeper, await makeBuild(keeper, marked, { 'index.html': 'two' }));
    await startTestWorker(keeper, { encryptionKeys: [newer, older] });
    await eventually('the rebuild to end', async () => {
      const { status } = await readTaskOnce(keeper, path);
      return status === 'SUCCESS';
    });
    assert.ok((await keysOfRuns(keeper)).has(newer.id));
  });
});

/** Searches all data that Temporal shows of every run for marked text; returns the ids of the keys in use. */
async function keysOfRuns(keeper: TestKeeper): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  const runs = JSON.parse(await keeper.temporal.temporal('workflow', 'list', '--output', 'json')) as {
    readonly execution: { readonly workflowId: string; readonly runId: string };
  }[];
  assert.ok(runs.length > 0);
  for (const { execution } of runs) {
    const run = ['--workflow-id', execution.workflowId, '--run-id', execution.runId, '--output', 'json'];
    for (const verb of ['show', 'describe'])
      JSON.parse(await keeper.temporal.temporal('workflow', verb, ...run), (name, value: unknown) => {
        if (typeof value === 'string') assertNotMarked(value, `${execution.workflowId}: ${name}`);
        if (name === 'encryption-key-id') keys.add(Buffer.from(String(value), 'base64').toString());
        return value;
      });
  }
  return keys;
}

/** Neither as plain text nor in base64. */
function assertNotMarked(text: string, where: string): void {
  assert.ok(!text.includes(marked), `${where} is ${text}`);
  const decoded = Buffer.from(text, 'base64').toString('latin1');
  assert.ok(!decoded.includes(marked), `${where} is ${text}, which is ${decoded}`);
}
