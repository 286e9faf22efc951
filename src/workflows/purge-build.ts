import { continueAsNew, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import { nameBuild } from '../domain/urls.js';
import type { BuildPurge, PurgeBuildInput } from './contract.js';
import { stepFailure } from './failures.js';
import { purgeBuild, purgeCdn, steps } from './proxies.js';

/** After each failure the pause before the next round is twice as long, an hour at most. Milliseconds. */
const firstPause = 10_000;
const longestPause = 3_600_000;

/**
 * Removes the objects of a build that nobody needs any more, from the bucket and from the CDN, then ends. What fails for
 * good, such as a right that is missing, is tried again until somebody mends it; each round looks first whether the
 * objects are still to go.
 */
export async function PurgeBuild({ buildId }: PurgeBuildInput): Promise<void> {
  for (let pause = firstPause; ; pause = Math.min(longestPause, 2 * pause)) {
    const purge = await steps.beginPurge(buildId);
    if (purge === null) return;
    const failure = await carryOut(purge);
    if (failure === null) return;
    setCurrentDetails(`**waiting** to try again, for ${pause / 1_000} s\n\n${failure}`);
    await sleep(pause);
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof PurgeBuild>({ buildId });
  }
}

/** Answers what failed, or null once nothing is left. */
async function carryOut(purge: BuildPurge): Promise<string | null> {
  const build = nameBuild({ id: purge.buildId, slug: purge.buildSlug });
  setCurrentDetails(`**removing** the objects of ${build} of product ${purge.productSlug}`);
  try {
    await purgeBuild(purge);
    await purgeCdn(purge.surrogateKey);
    await steps.finishPurge(purge.buildId);
    return null;
  } catch (error) {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    return failure.message;
  }
}
