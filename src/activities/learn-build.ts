import { Context } from '@temporalio/activity';
import { isAsKnown } from '../copy-engine/is-as-known.js';
import { learnWhole } from '../copy-engine/learn-build.js';
import type { LearnCounts, LearnJob } from '../copy-engine/learn-job.js';
import type { Manifest } from '../copy-engine/manifest.js';
import { createManifestStore } from '../db/manifests/manifest-store.js';
import { type BuildOfProduct, findBuildById } from '../db/queries/builds.js';
import { buildPrefix } from '../domain/object-keys.js';
import type { LearnReport } from '../workflows/contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './while-beating.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'store' | 'logger' | 'copy'>;

/**
 * One pass over a build: learns what has come since the last, and the whole once it is uploaded. Safe to retry: it only
 * reads the bucket, and an attempt that dies leaves what the pass before has learnt.
 */
export function createLearnBuild(deps: Dependencies) {
  return async (buildId: number): Promise<LearnReport> => {
    const found = await findBuildById(deps.knex, buildId);
    const manifests = createManifestStore(deps.knex);
    const known = await manifests.findNewest(buildId);
    if (found?.build.date_ended !== null) return report('ended', known, false);
    if ((await manifests.findComplete(buildId)) !== null) return report('learnt', known, false);
    // Read before any listing: what the row says now is what the listing comes after.
    const job = jobOf(found, deps.copy.concurrency);
    const pass = { store: deps.store, manifests };
    const context = Context.current();
    let counts: LearnCounts = { objects: 0, bytes: 0, asked: 0 };
    const control = {
      signal: context.cancellationSignal,
      onProgress: (latest: LearnCounts) => (counts = latest),
    };
    return whileBeating(
      context,
      () => counts,
      async () => {
        if (!job.complete && (await isAsKnown(pass, job, control))) return report('uploading', known, false);
        const manifest = await learnWhole(pass, job, control);
        deps.logger.info({ build_id: buildId, complete: job.complete, ...counts }, 'a build was learnt');
        return report(job.complete ? 'learnt' : 'uploading', manifest, true);
      },
    );
  };
}

function jobOf({ build, product }: BuildOfProduct, concurrency: number): LearnJob {
  return {
    buildId: build.id,
    bucket: product.bucket_name,
    prefix: buildPrefix(product.slug, build.slug),
    complete: build.uploaded,
    concurrency,
  };
}

function report(state: LearnReport['state'], known: Manifest | null, changed: boolean): LearnReport {
  return { state, objects: known?.objects ?? 0, bytes: known?.bytes ?? 0, changed };
}
