import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { rebuildWorkflowId, taskQueues, workflowTypes } from '../../../src/workflows/contract.js';
import { poll } from '../../poll.js';
import { signalProcess } from '../../process-group.js';
import { completeUpload, type PreparedBuild, prepareBuild } from '../load/publish-build.js';
import { anyOf, isStaged, type KnownEdition } from '../load/world.js';
import { pageOf, pagesOf } from '../site.js';
import type { AppliedFault, Fault, FaultTarget } from './fault.js';
import type { momentFaults } from './fault-kinds.js';
import type { PlannedFault } from './fault-plan.js';
import { orUndo } from './or-undo.js';

/** What a prepared copy is made to wait at each of its requests: less than the service waits for one. Milliseconds. */
const slowness = 9_000;

/** A copy is waited for so long: others may be before it, and other faults may hold it up. Milliseconds. */
const patience = 30_000;

/** How long Temporal is away when a frozen worker goes on. Milliseconds. */
const blackout = 3_000;

const faults: Readonly<Record<(typeof momentFaults)[number], Fault>> = {
  'overtake a slow writer': overtake,
  'reset the rebuild of a frozen writer': resetFrozen,
  'change a build in the middle of its copy': changeBuild,
};

/** Begins a publication of its own and hits it where it hurts most. */
export function momentFault(kind: (typeof momentFaults)[number]): Fault {
  return (target, planned) => faults[kind](target, planned);
}

/**
 * A newer build is announced and the run of a copy is terminated while its writes are on their way to a slow store: the
 * next run must not write before those have arrived.
 */
async function overtake(target: FaultTarget, planned: PlannedFault): Promise<AppliedFault> {
  const [edition, older, newer] = await prepared(target, planned, 2);
  if (edition === undefined || older === undefined || newer === undefined) throw notPrepared();
  const undo = await slowDown(target, edition);
  const begun = (await completeUpload(target, older)) && (await copying(target, edition, older));
  if (begun) await sleep(500); // its first requests are sent
  await undo();
  if (!begun) throw notBegun();
  await completeUpload(target, newer);
  await replaceRun(target, edition);
  return { detail: `edition ${edition.id}: build ${older.id} overtaken by ${newer.id}` };
}

/**
 * A writer freezes, its rebuild is reset, and it goes on much later while Temporal is away: nothing but the row tells
 * it that nobody wants what it writes.
 */
async function resetFrozen(target: FaultTarget, planned: PlannedFault): Promise<AppliedFault> {
  const [edition, build] = await prepared(target, planned, 1);
  if (edition === undefined || build === undefined) throw notPrepared();
  const undo = await slowDown(target, edition);
  const begun = (await completeUpload(target, build)) && (await copying(target, edition, build));
  if (begun) await sleep(500);
  const writer = begun ? await writerOf(target, edition) : undefined;
  if (writer !== undefined) signalProcess(writer, 'SIGSTOP');
  await undo();
  if (writer === undefined) throw notBegun();
  const { id, product } = edition;
  const body = { pending_rebuild: false };
  await target.api.change({
    verb: 'reset',
    product,
    edition: id,
    method: 'PATCH',
    path: `/editions/${id}`,
    body,
  });
  return {
    detail: `edition ${id}: build ${build.id} reset, its writer ${writer} frozen`,
    end: async () => {
      const temporal = target.stack.processes().get('temporal') ?? 0;
      signalProcess(temporal, 'SIGSTOP');
      signalProcess(writer, 'SIGCONT');
      await sleep(blackout);
      signalProcess(temporal, 'SIGCONT');
    },
  };
}

/** A client replaces a page of a build that is being copied, which it should not. */
async function changeBuild(target: FaultTarget, planned: PlannedFault): Promise<AppliedFault> {
  const [edition, build] = await prepared(target, planned, 1);
  if (edition === undefined || build === undefined) throw notPrepared();
  if (!(await completeUpload(target, build)) || !(await copying(target, edition, build))) throw notBegun();
  const pages = pagesOf(build.id);
  const path = pages[Math.floor(planned.victim * pages.length)] ?? '';
  const { content, contentType } = pageOf({ build: build.id, path, revision: 1 });
  // Before it is done: it may be done although no answer comes.
  target.recorder.record({ kind: 'change', at: Date.now(), build: build.id, path, revision: 1 });
  const object = { Bucket: build.bucket, Key: `${build.root}/${path}`, ContentType: contentType };
  await target.store.send(new PutObjectCommand({ ...object, Body: content, Metadata: { note: `of ${path}` } }));
  return { detail: `build ${build.id}: ${path}` };
}

const notPrepared = (): Error => new Error('no build could be prepared');

const notBegun = (): Error => new Error('no copy began');

type Prepared = readonly [KnownEdition | undefined, PreparedBuild | undefined, PreparedBuild | undefined];

/** One of the editions that are left to these faults, and builds that it follows, uploaded and not yet announced. */
async function prepared(target: FaultTarget, { victim }: PlannedFault, count: 1 | 2): Promise<Prepared> {
  const edition = anyOf(() => victim, target.world.editions.filter(isStaged));
  if (edition === undefined) return [undefined, undefined, undefined];
  const first = await prepareBuild(target, { ...edition, presigned: false });
  const second = count === 2 ? await prepareBuild(target, { ...edition, presigned: false }) : undefined;
  return [edition, first, second];
}

/** Makes every copy to the edition's prefix slow; answers how to end that. */
async function slowDown({ injector }: FaultTarget, edition: KnownEdition): Promise<() => Promise<void>> {
  const id = `slow copies of ${edition.id}`;
  const match = { operation: 'CopyObject', keyPattern: `^${edition.product}/v/${edition.ref}/` };
  const rule = { id, match, action: { kind: 'delay', delayMs: slowness } };
  const undo = async (): Promise<void> => {
    // A store that was killed has forgotten it.
    await injector('DELETE', `/rules/${encodeURIComponent(id)}`).catch(() => undefined);
  };
  await orUndo(() => injector('POST', '/rules', rule), undo);
  return undo;
}

/** Whether a writer has taken its place for this build in time. */
async function copying({ database }: FaultTarget, { id }: KnownEdition, build: PreparedBuild): Promise<boolean> {
  const look = async (): Promise<boolean> => {
    const { rowCount } = await database.query(
      'SELECT FROM editions WHERE id = $1 AND build_id = $2 AND writer_id IS NOT NULL AND $2 = ANY (tried_builds)',
      [id, build.id],
    );
    return rowCount === 1;
  };
  return poll(look, { what: 'the copy', timeout: patience }).catch(() => false);
}

/** The process that carries out the copy: Temporal knows it as `pid@host`. */
async function writerOf({ temporal, stack }: FaultTarget, { id }: KnownEdition): Promise<number | undefined> {
  const { raw } = await temporal.workflow.getHandle(rebuildWorkflowId(id)).describe();
  const pids = (raw.pendingActivities ?? []).map(({ lastWorkerIdentity }) => parseInt(lastWorkerIdentity ?? '', 10));
  return pids.find((pid) => [...stack.processes().values()].includes(pid));
}

/** Terminates the run of an edition, and starts the next at once, as the next pass of `Reconcile` would. */
async function replaceRun({ temporal }: FaultTarget, { id }: KnownEdition): Promise<void> {
  const workflowId = rebuildWorkflowId(id);
  await temporal.workflow.getHandle(workflowId).terminate('chaos');
  await temporal.workflow.start(workflowTypes.rebuildEdition, {
    workflowId,
    taskQueue: taskQueues.keeper,
    args: [{ editionId: id }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
}
