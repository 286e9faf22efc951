import { continueAsNew, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { nameBuild } from '../domain/urls.js';
import type { BuildDeletion, DeleteBuildObjectsInput } from './contract.js';
import { stepFailure } from './failures.js';
import { deleteBuildObjects, purgeCdn, steps } from './proxies.js';

/** After each failure the pause before the next round is twice as long, an hour at most. Milliseconds. */
const firstPause = 10_000;
const maxPause = 3_600_000;

/**
 * Removes the objects of a build that nobody needs any more, from the bucket and from the CDN, then ends. What fails
 * for good, such as a right that is missing, is tried again until somebody mends it; each round looks first whether the
 * objects are still to go.
 */
export async function DeleteBuildObjects({ buildId }: DeleteBuildObjectsInput): Promise<void> {
  for (let pause = firstPause; ; pause = Math.min(maxPause, 2 * pause)) {
    const purge = await steps.beginDeletion(buildId);
    if (purge === null) return;
    const failure = await carryOut(purge);
    if (failure === null) return;
    setCurrentDetails(`**waiting** to try again, for ${pause / 1_000} s\n\n${failure}`);
    await sleep(pause);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof DeleteBuildObjects>({ buildId });
  }
}

/** Answers what failed, or null once nothing is left. */
async function carryOut(purge: BuildDeletion): Promise<string | null> {
  const build = nameBuild({ id: purge.buildId, slug: purge.buildSlug });
  setCurrentDetails(`**removing** the objects of ${build} of product ${purge.productSlug}`);
  try {
    await deleteBuildObjects(purge);
    await purgeCdn(purge.surrogateKey);
    await steps.finishDeletion(purge.buildId);
    return null;
  } catch (error) {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    return failure.message;
  }
}
