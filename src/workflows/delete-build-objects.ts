import { continueAsNew, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { nameBuild } from '../domain/urls.js';
import type { BuildDeletion, DeleteBuildObjectsInput } from './contract.js';
import { stepFailure } from './failures.js';
import { deleteBuildObjects, purgeCdn, steps } from './proxies.js';

/** Each failure doubles the pause before the next round, up to an hour. Milliseconds. */
const firstPause = 10_000;
const maxPause = 3_600_000;

/**
 * Deletes the objects of a build that no edition needs, and purges the CDN. After a permanent failure, such as a
 * missing right, it retries until an operator repairs it. Each round first checks whether the objects are still due.
 */
export async function DeleteBuildObjects({ buildId }: DeleteBuildObjectsInput): Promise<void> {
  for (let pause = firstPause; ; pause = Math.min(maxPause, 2 * pause)) {
    const deletion = await steps.beginDeletion(buildId);
    if (deletion === null) return;
    const failure = await carryOut(deletion);
    if (failure === null) return;
    setCurrentDetails(`**waiting** to try again, for ${pause / 1_000} s\n\n${failure}`);
    await sleep(pause);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof DeleteBuildObjects>({ buildId });
  }
}

/** Returns the failure, or null once no object is left. */
async function carryOut(deletion: BuildDeletion): Promise<string | null> {
  const build = nameBuild({ id: deletion.buildId, slug: deletion.buildSlug });
  setCurrentDetails(`**deleting** the objects of ${build} of product ${deletion.productSlug}`);
  try {
    await deleteBuildObjects(deletion);
    await purgeCdn(deletion.surrogateKey);
    await steps.finishDeletion(deletion.buildId);
    return null;
  } catch (error) {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    return failure.message;
  }
}
