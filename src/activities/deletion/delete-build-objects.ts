import { Context } from '@temporalio/activity';
import { removePrefix } from '../../copy-engine/removal.js';
import { beginBuildDeletion, finishBuildDeletion } from '../../db/protocol/build-deletion.js';
import { transaction } from '../../db/transaction.js';
import { nothingDone } from '../../domain/copy-counts.js';
import { buildPrefix } from '../../domain/object-keys.js';
import { withFlow } from '../../integrations/object-store/store-flows.js';
import type { BuildDeletion } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';
import { whileBeating } from '../while-beating.js';

/** The steps that delete a build's objects. */
export interface BuildRemovalSteps {
  readonly beginDeletion: (buildId: number) => Promise<BuildDeletion | null>;
  readonly deleteBuildObjects: (purge: BuildDeletion) => Promise<number>;
  readonly finishDeletion: (buildId: number) => Promise<void>;
}

/**
 * The steps of the removal of a build. Safe to retry: what is gone is gone. It needs no fence as an edition does, for
 * nothing is ever written where it deletes: the build has ended for good, and its slug is never given again.
 */
export function createDeleteBuildObjects(deps: ActivityDeps): BuildRemovalSteps {
  return {
    beginDeletion: (buildId) => transaction(deps.knex, (trx) => beginBuildDeletion(trx, buildId, deps.deletion)),
    finishDeletion: (buildId) => finishBuildDeletion(deps.knex, buildId),
    deleteBuildObjects: (purge) => removeObjects(deps, purge),
  };
}

/** Answers how many objects all attempts have removed, as far as their heartbeats told. */
async function removeObjects(deps: ActivityDeps, purge: BuildDeletion): Promise<number> {
  const context = Context.current();
  const before = removedBefore(context);
  let removed = before;
  const flow = { name: `purge ${purge.buildId}`, priority: 'low' } as const;
  await withFlow(deps.stores, flow, ({ store, pressure }) =>
    whileBeating(
      { context, latest: () => ({ objects_removed: removed }), progress: () => pressure().progress },
      (signal) =>
        removePrefix(
          { store },
          {
            bucket: purge.bucket,
            prefix: buildPrefix(purge.productSlug, purge.buildSlug),
            // Clients upload it, whatever the setting says of those that the service itself writes.
            directoryRedirects: true,
          },
          {
            signal,
            mayWrite: () => undefined,
            onRemoved: (objects) => {
              deps.metrics.copied({ ...nothingDone, removed: before + objects - removed });
              removed = before + objects;
            },
          },
        ),
    ),
  );
  deps.logger.info(
    { product: purge.productSlug, build: purge.buildSlug, build_id: purge.buildId, removed },
    'build removed',
  );
  return removed;
}

function removedBefore({ info }: Context): number {
  const details = info.heartbeatDetails as { objects_removed?: unknown } | null | undefined; // whatever an attempt sent
  return typeof details?.objects_removed === 'number' ? details.objects_removed : 0;
}
