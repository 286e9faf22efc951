import { workflowTypes } from '../../../src/workflows/contract.js';
import { poll } from '../../poll.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { FinalPage, FinalState, FinalTask } from '../final-state.js';
import type { ApiClient } from '../load/api-client.js';
import { lookAt } from '../load/run-readers.js';
import { sitePaths } from '../site.js';
import { collectConnections } from './connections.js';
import { collectObjects, collectUploads } from './objects.js';
import { collectProcesses } from './processes.js';
import { collectRows, type FinalRows, isEverythingTold } from './rows.js';
import { collectRuns } from './runs.js';

/** A run that has nothing left to do may take so long to say so. Milliseconds. */
const closing = 30_000;

/**
 * An event that was not taken is sent again after a pause, which doubles: half a minute after such faults.
 * Milliseconds.
 */
const telling = 90_000;

/** Looks at everything, once all is at rest. */
export async function collectFinal(chaos: ChaosStack, api: ApiClient): Promise<FinalState> {
  // What a run still tells the dashboard after the last row was written.
  await untilRunsClose(chaos);
  await poll(() => isEverythingTold(chaos.database), {
    what: 'the events to be told',
    timeout: telling,
  }).catch(() => undefined);
  const rows = await collectRows(chaos.database);
  await chaos.injector('PUT', '/latency', { latencyMs: 0 });
  const { bucket } = chaos.access;
  return {
    ...rows,
    tasks: await told(api, rows.tasks),
    objects: await collectObjects(chaos.store, bucket, prefixesOf(rows)),
    uploads: await collectUploads(chaos.store, bucket),
    pages: await pagesOf(chaos, rows),
    connections: await collectConnections(chaos),
    ...(await collectProcesses(chaos)),
    // Last: what fails though nothing hurts it any more has had time to show it. An audit may just have begun one.
    runs: await untilRunsClose(chaos).then(() => collectRuns(chaos.temporal)),
  };
}

async function untilRunsClose({ temporal }: ChaosStack): Promise<void> {
  const types = [workflowTypes.rebuildEdition, workflowTypes.buildDashboard].map((type) => `'${type}'`);
  const open = `ExecutionStatus IN ('Running', 'Paused') AND WorkflowType IN (${types.join(', ')})`;
  const look = async (): Promise<boolean> => {
    for await (const run of temporal.workflow.list({ query: open })) return run.workflowId === '';
    return true;
  };
  await poll(look, { what: 'runs to close', timeout: closing, interval: 500 }).catch(() => undefined);
}

async function told(api: ApiClient, tasks: FinalRows['tasks']): Promise<readonly FinalTask[]> {
  const all: FinalTask[] = [];
  for (const task of tasks) {
    const { status } = (await api.read(`/queue/${task.id}`)).body;
    all.push({ ...task, told: typeof status === 'string' ? status : null });
  }
  return all;
}

/** All editions, and the builds that they show. */
function prefixesOf({ editions, builds }: FinalRows): readonly string[] {
  const products = new Set(editions.map(({ product }) => product));
  const shown = new Set(editions.map(({ published }) => published));
  return [
    ...[...products].map((product) => `${product}/v/`),
    ...builds.filter(({ id }) => shown.has(id)).map(({ product, slug }) => `${product}/builds/${slug}/`),
  ];
}

async function pagesOf({ access }: ChaosStack, { editions }: FinalRows): Promise<readonly FinalPage[]> {
  const pages: FinalPage[] = [];
  for (const { id, product, slug } of editions)
    for (const path of sitePaths)
      pages.push({ edition: id, path, ...(await lookAt(access.edgeUrl, { product, slug, path })) });
  return pages;
}
