import { hasCode } from '../domain/errors.js';
import type { CopyDeps, CopyJob } from './copy-job.js';
import type { Run } from './copy-run.js';
import type { ObjectPlan } from './plan.js';
import { type Gain, noGain } from './progress.js';

/** An object to bring to the destination, and how its plan is made, again if need be. */
export interface ObjectTask {
  readonly key: string;
  plan(): Promise<ObjectPlan>;
}

/**
 * Makes one object at the destination right, and tells what that adds to the counts. When the source was changed
 * between its plan and its copy it is planned once more.
 *
 * @throws {KeeperError} `source_changed` when it was changed again meanwhile, or is gone.
 */
export async function copyObject(
  context: { readonly deps: CopyDeps; readonly job: CopyJob; readonly run: Run },
  task: ObjectTask,
): Promise<Gain> {
  const send = async (plan: ObjectPlan): Promise<Gain> => {
    if (plan === 'absent') return noGain;
    if (plan === 'unchanged') return { objects_done: 1, objects_unchanged: 1, bytes_done: 0 };
    const { deps, job, run } = context;
    await deps.store.copy({
      bucket: job.bucket,
      sourceKey: job.sourcePrefix + task.key,
      destinationKey: job.destinationPrefix + task.key,
      source: plan.source,
      headers: plan.headers,
      acl: job.acl,
      gate: run.writeGate,
    });
    return { objects_done: 1, objects_unchanged: 0, bytes_done: plan.source.size };
  };
  try {
    return await send(await task.plan());
  } catch (error) {
    if (!hasCode(error, 'source_changed')) throw error;
  }
  return await send(await task.plan());
}
