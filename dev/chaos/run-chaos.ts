import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../poll.js';
import { temporaryFolder } from '../temporary-folder.js';
import { createSeededRandom } from '../object-store/seeded-random.js';
import { type ChaosStack, startChaosStack } from './chaos-stack.js';
import { checkRun } from './checks/check-run.js';
import { collectFinal } from './collect/collect-final.js';
import { ownedBy } from './collect/processes.js';
import { isAtRest } from './collect/rows.js';
import { watchWrites } from './collect/watch-writes.js';
import { planFaults } from './faults/fault-plan.js';
import { runFaults } from './faults/run-faults.js';
import type { MarkEvent } from './history.js';
import { type ApiClient, createApiClient } from './load/api-client.js';
import { makeWorld } from './load/make-world.js';
import { runLoad } from './load/run-load.js';
import { runReaders } from './load/run-readers.js';
import type { ChaosOptions } from './options.js';
import { createRecorder, type Recorder } from './recorder.js';
import type { ChaosResult } from './summary.js';
import { summaryOf } from './summary.js';

/** Rest is waited for longer than it may take, so that a report can say by how much. Milliseconds. */
const patience = 180_000;

/** How a run is told of. */
export interface ChaosRun extends ChaosOptions {
  /** Where everything is written. */
  readonly folder: string;
  readonly report: (line: string) => void;
  /** Ends the faults early; what is then there is checked all the same. */
  readonly signal: AbortSignal;
}

/** One run: a stack of its own, load and faults, rest, and what the checks say of it all. */
export async function runChaos(run: ChaosRun): Promise<ChaosResult> {
  const { folder } = run;
  await mkdir(folder, { recursive: true });
  const recorder = createRecorder(join(folder, 'history.jsonl'));
  const home = await temporaryFolder('ltd-keeper-chaos-stack');
  const hasDasher = run.seed % 2 === 0;
  const stack = await startChaosStack({ folder: home, hasDasher, recorder, report: run.report });
  try {
    const { seed, duration } = run;
    const api = await createApiClient({
      urls: stack.stack.apiUrls,
      access: stack.access.keeper,
      recorder,
      random: createSeededRandom(seed),
    });
    await disturb(run, { stack, api, recorder });
    const final = await collectFinal(stack, api);
    await stack.stop();
    const left = (await ownedBy(home)).map((pid) => `${pid} outlived the stack`);
    const evidence = {
      events: recorder.events(),
      final: { ...final, strays: [...final.strays, ...left] },
    };
    await writeFile(join(folder, 'final.json'), JSON.stringify(evidence.final, null, 1));
    const result = { seed, duration, folder, ...evidence, violations: checkRun(evidence) };
    await writeFile(join(folder, 'summary.json'), JSON.stringify(summaryOf(result), null, 1));
    return result;
  } finally {
    await stack.stop();
    await cp(join(home, 'logs'), join(folder, 'logs'), { recursive: true });
    await recorder.close();
  }
}

interface Parts {
  readonly stack: ChaosStack;
  readonly api: ApiClient;
  readonly recorder: Recorder;
}

/** Load, readers and faults; then readers alone, until all is at rest. */
async function disturb(
  { seed, duration, kinds, signal, report }: ChaosRun,
  { stack, api, recorder }: Parts,
): Promise<void> {
  const mark = (name: MarkEvent['mark']): void => {
    recorder.record({ kind: 'mark', at: Date.now(), mark: name });
  };
  const world = await makeWorld(stack, api);
  if (!(await untilAtRest(stack))) throw new Error('The first builds were not published; no fault was applied yet');
  const loading = new AbortController();
  const reading = new AbortController();
  const publisher = { api, store: stack.store, world };
  const load = runLoad({ ...publisher, seed }, loading.signal);
  const writes = watchWrites(stack, recorder, reading.signal);
  const readers = runReaders({ edgeUrl: stack.access.edgeUrl, world, recorder, seed }, reading.signal);
  try {
    report('The first builds are published; now for the faults.');
    mark('faults begin');
    await runFaults({ ...stack, ...publisher, recorder }, planFaults(seed, duration, kinds), signal);
    loading.abort();
    await load;
    mark('faults end');
    report('The faults are over; waiting for rest.');
    if (await untilAtRest(stack)) mark('at rest');
  } finally {
    loading.abort();
    reading.abort();
    await Promise.all([load, readers, writes]);
  }
}

/** Whether all came to rest in time. */
async function untilAtRest({ database }: ChaosStack): Promise<boolean> {
  return poll(() => isAtRest(database), { what: 'rest', timeout: patience, interval: 250 }).catch(() => false);
}
