import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { createHttpEventReceiver } from '../../src/integrations/events/http-event-receiver.js';
import type { Dns } from '../../src/integrations/dns/dns.js';
import { LtdError } from '../../src/domain/errors.js';
import {
  dashboardWorkflowId,
  domainWorkflowId,
  eventsWorkflowId,
  manifestWorkflowId,
  deletionWorkflowId,
  rebuildWorkflowId,
} from '../../src/workflows/contract.js';
import { eventually } from '../support/eventually.js';
import { startTestKeeper, type TestKeeper } from '../support/keeper.js';
import { type RecordingServer, startRecordingServer } from '../support/recording-server.js';
import {
  ageBuilds,
  announce,
  atRest,
  copyBegun,
  makeBuild,
  makeProduct,
  pages,
  slowCopies,
  taskEnd,
} from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

/*
 * Writes the histories for the replay test from real runs: `npm run record-histories`. Mocha runs this file only then,
 * since its name does not end in `.test.ts`. An existing history is kept, since open runs of it exist; a new shape gets
 * a new name.
 */
const folder = new URL('../../../test/replay/histories/', import.meta.url);
/** Stack traces in failures name files of the machine that recorded them. */
const repository = fileURLToPath(new URL('../../../', import.meta.url));
const product = 'pipelines';
const edition = 1;

/** A name service without a zone. */
const dns: Dns = {
  register: () => Promise.reject(new LtdError('dns_zone_missing', 'Route 53 has no public hosted zone')),
};

async function main(keeper: TestKeeper, receiver: RecordingServer): Promise<void> {
  // The receiver refuses permanently; the content of the events does not matter here.
  receiver.replyWith({ status: 400 });
  await startTestWorker(keeper, {
    events: createHttpEventReceiver({ url: receiver.url }),
    dns,
    manifestSlots: 1,
    deletion: { deprecatedAfterDays: 0, abandonedUploadHours: 24, abandonedUploads: false },
  });
  await makeProduct(keeper, product);

  const first = await makeBuild(keeper, product, { 'index.html': 'one', 'old.html': 'old' });
  await taskEnd(keeper, await announce(keeper, first));
  const second = await makeBuild(keeper, product, { 'index.html': 'two' });
  await taskEnd(keeper, await announce(keeper, second));
  await record(keeper, 'published', rebuildWorkflowId(edition));
  await record(keeper, 'dashboard', dashboardWorkflowId(1));
  await record(keeper, 'manifest', manifestWorkflowId(second.id));
  await record(keeper, 'events', eventsWorkflowId(edition));
  await record(keeper, 'domain', domainWorkflowId(1));

  await taskEnd(keeper, await announce(keeper, await makeBuild(keeper, product, {})));
  await atRest(keeper, edition);
  await record(keeper, 'failed', rebuildWorkflowId(edition));

  const hurry = slowCopies(keeper, 1_000);
  const overtaken = await announce(keeper, await makeBuild(keeper, product, pages(80, 'overtaken')));
  await copyBegun(keeper, overtaken);
  const newest = await announce(keeper, await makeBuild(keeper, product, pages(20, 'newest')));
  await taskEnd(keeper, newest);
  await record(keeper, 'superseded', rebuildWorkflowId(edition));

  const cancelled = await announce(keeper, await makeBuild(keeper, product, pages(80, 'cancelled')));
  await copyBegun(keeper, cancelled);
  await keeper.client.workflow.getHandle(rebuildWorkflowId(edition)).cancel();
  hurry();
  await taskEnd(keeper, cancelled);
  await record(keeper, 'cancelled', rebuildWorkflowId(edition));

  const unused = await makeBuild(keeper, product, { 'index.html': 'unused' });
  await keeper.request('DELETE', `/builds/${unused.id}`);
  await ageBuilds(keeper);
  await keeper.client.workflow.execute('Reconcile', { workflowId: 'reconcile-now', taskQueue: 'keeper' });
  await record(keeper, 'removed', deletionWorkflowId(unused.id));
}

async function record(keeper: TestKeeper, name: string, workflowId: string): Promise<void> {
  const handle = keeper.client.workflow.getHandle(workflowId);
  await eventually(`${workflowId} to end`, async () => (await handle.describe()).status.name !== 'RUNNING');
  const recorded = JSON.stringify(JSON.parse(historyToJSON(await handle.fetchHistory())), anonymous, 1);
  const json = recorded.replaceAll(repository, './');
  await mkdir(folder, { recursive: true });
  await writeFile(new URL(`${name}.json`, folder), `${json}\n`, { flag: 'wx' }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
}

/** A replay does not need the name of the user and the machine. */
function anonymous(key: string, value: unknown): unknown {
  return key === 'identity' ? 'recorder' : value;
}

describe('recorded workflow histories', () => {
  it('writes a history for each shape', async () => {
    const keeper = await startTestKeeper({ registersDomains: true });
    const receiver = await startRecordingServer();
    keeper.cleanUp.push(() => receiver.close());
    try {
      await main(keeper, receiver);
    } finally {
      await keeper.close();
    }
  }).timeout(300_000);
});
