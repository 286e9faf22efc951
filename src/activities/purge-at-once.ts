import { limitedSignal } from '../limited-signal.js';
import type { RebuildPlan } from '../workflows/contract.js';
import type { ActivityDependencies } from './dependencies.js';

/** Longest that a step waits for a purge that is not its own work. Milliseconds. */
const patience = 2_000;

/**
 * The first try of a purge, made by the step that made it due: as a step of its own it costs a round through Temporal
 * more. Where the CDN does not confirm it in time the answer is empty, and the workflow asks again for as long as it takes.
 *
 * @throws the signal's reason when the step is cancelled.
 */
export async function purgeAtOnce(
  { cdn, logger }: Pick<ActivityDependencies, 'cdn' | 'logger'>,
  plan: RebuildPlan,
  signal: AbortSignal,
): Promise<{ readonly purged?: true }> {
  const limited = limitedSignal(patience, signal);
  try {
    await cdn.purge(plan.surrogateKey, { signal: limited.signal });
    return { purged: true };
  } catch (error) {
    signal.throwIfAborted();
    logger.warn({ plan_id: plan.planId, err: error }, 'the CDN was not purged at once: it is asked again');
    return {};
  } finally {
    limited.end();
  }
}
