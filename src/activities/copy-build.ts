import { Context } from '@temporalio/activity';
import { copyPasses, type Checkpoint } from '../copy-engine/checkpoint.js';
import { copyBuild } from '../copy-engine/copy-build.js';
import { type CopyCounts, noCounts } from '../domain/copy-counts.js';
import { withFlow } from '../integrations/object-store/store-flows.js';
import type { CopyHeartbeat, PlannedBuild, RebuildPlan } from '../workflows/contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { lastHeartbeat, withHeartbeat } from './heartbeat.js';
import { prefixesOf } from './prefixes.js';
import { wakeEdition } from './wake-edition.js';
import { withWriterLease } from './writer-lease.js';

/**
 * Copies the plan's build to the edition's prefix and records `copied`. Safe to retry, and meant to be: it goes on from
 * the cursor of the last heartbeat, leaves alone what is right already, and nobody else writes meanwhile.
 */
export function createCopyBuild(deps: ActivityDependencies) {
  return async (plan: RebuildPlan): Promise<CopyCounts> => {
    const context = Context.current();
    const resumed = lastHeartbeat(context, plan);
    const start = { checkpoint: resumed?.checkpoint ?? null, counts: resumed?.counts ?? noCounts };
    deps.logger.info(
      { ...aboutPlan(plan), attempt: context.info.attempt, resumed: start.checkpoint },
      'copy begins',
    );
    const counts = await withHeartbeat(context, plan, start, (tell) =>
      withWriterLease(
        { ...deps, wake: () => wakeEdition(deps, plan) },
        { plan, work: 'copy', signal: context.cancellationSignal },
        async (lease) => {
          const { target } = plan;
          if (target === null) return { record: 'copied' as const, result: noCounts };
          const job = {
            ...deps.s3,
            ...deps.copy,
            surrogateKey: plan.surrogateKey,
            ...prefixesOf(plan, target),
          };
          const checkpoint = checkpointOf(resumed);
          const result = await withFlow(deps.stores, { name: `copy ${plan.planId}` }, ({ store }) =>
            copyBuild({ store }, job, { ...lease, checkpoint, onProgress: tell }),
          );
          return { record: 'copied' as const, result };
        },
      ),
    );
    deps.logger.info({ ...aboutPlan(plan), ...counts }, 'copy done');
    return counts;
  };
}

/** How logs name a plan. */
export function aboutPlan(plan: RebuildPlan): Record<string, unknown> {
  return {
    product: plan.productSlug,
    edition: plan.editionSlug,
    edition_id: plan.editionId,
    generation: plan.generation,
    build: (plan.target satisfies PlannedBuild | null)?.slug ?? null,
    plan_id: plan.planId,
  };
}

/** Where the last attempt had got to; what no version of ours wrote counts as nothing. */
function checkpointOf(heartbeat: Partial<CopyHeartbeat> | undefined): Checkpoint | undefined {
  const checkpoint = heartbeat?.checkpoint as Partial<Checkpoint> | null | undefined; // checked below
  const known =
    checkpoint?.counts !== undefined &&
    checkpoint.cursor !== undefined &&
    copyPasses.some((pass) => pass === checkpoint.pass);
  return known ? (checkpoint as Checkpoint) : undefined;
}
