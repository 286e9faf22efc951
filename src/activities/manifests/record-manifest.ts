import { Context } from '@temporalio/activity';
import { isAsKnown } from '../../copy-engine/known-entries.js';
import { recordWhole } from '../../copy-engine/record-manifest.js';
import type { ManifestCounts, RecordingJob } from '../../copy-engine/recording-job.js';
import type { Manifest } from '../../copy-engine/manifest.js';
import { type BuildOfProduct, findBuildById, isAwaited } from '../../db/queries/builds.js';
import { buildPrefix } from '../../domain/object-keys.js';
import { withFlow } from '../../integrations/object-store/store-flows.js';
import type { ManifestReport } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';
import { whileBeating } from '../while-beating.js';

type Deps = Pick<ActivityDeps, 'knex' | 'stores' | 'manifests' | 'logger' | 'copy'>;

/**
 * One pass over a build: learns what has come since the last, and the whole once it is uploaded, unless a copy is about
 * to. Safe to retry: it only reads the bucket, and an attempt that dies leaves what the pass before has learnt.
 */
export function createRecordManifest(deps: Deps) {
  return async (buildId: number): Promise<ManifestReport> => {
    const found = await findBuildById(deps.knex, buildId);
    const { manifests } = deps;
    const known = await manifests.findNewest(buildId);
    if (found === undefined || isOver(found.build)) return report('ended', known, false);
    if ((await manifests.findComplete(buildId)) !== null) return report('recorded', known, false);
    if (found.build.uploaded && (await isAwaited(deps.knex, buildId))) return report('uploading', known, false);
    // Read before any listing: what the row says now is what the listing comes after.
    const job = jobOf(found, deps.copy.concurrency);
    const context = Context.current();
    let counts: ManifestCounts = { objects: 0, bytes: 0, asked: 0 };
    const flow = { name: `learn ${buildId}`, priority: 'low' } as const;
    return withFlow(deps.stores, flow, ({ store, pressure }) =>
      whileBeating({ context, latest: () => counts, progress: () => pressure().progress }, async (signal) => {
        const control = { signal, onProgress: (latest: ManifestCounts) => (counts = latest) };
        const pass = { store, manifests };
        if (!job.complete && (await isAsKnown(pass, job, control))) return report('uploading', known, false);
        const manifest = await recordWhole(pass, job, control);
        const about = { product: found.product.slug, build: found.build.slug, build_id: buildId };
        deps.logger.info({ ...about, complete: job.complete, ...counts }, 'a build was learnt');
        return report(job.complete ? 'recorded' : 'uploading', manifest, true);
      }),
    );
  };
}

/** Nobody will publish it any more. */
function isOver({ date_ended, abandoned_at }: BuildOfProduct['build']): boolean {
  return date_ended !== null || abandoned_at !== null;
}

function jobOf({ build, product }: BuildOfProduct, concurrency: number): RecordingJob {
  return {
    buildId: build.id,
    bucket: product.bucket_name,
    prefix: buildPrefix(product.slug, build.slug),
    complete: build.uploaded,
    concurrency,
  };
}

function report(state: ManifestReport['state'], known: Manifest | null, changed: boolean): ManifestReport {
  return { state, objects: known?.objects ?? 0, bytes: known?.bytes ?? 0, changed };
}
