import { Context } from '@temporalio/activity';
import { copyBuild, type CopyOutcome } from '../../copy-engine/copy-build.js';
import type { BuildSource, CopyControl, CopyJob, PrefixPair } from '../../copy-engine/copy-job.js';
import type { Checkpoint } from '../../copy-engine/progress.js';
import type { KnownBuilds } from '../../copy-engine/header-knowledge.js';
import type { ManifestStore } from '../../copy-engine/manifest.js';
import { CopyProgress } from '../../copy-engine/progress.js';
import { recordManifest } from '../../copy-engine/record-manifest.js';
import { vacatingSlugs } from '../../db/protocol/begin.js';
import type { WrittenBuilds } from '../../db/protocol/writer.js';
import { copiedEtags } from '../../db/queries/edition-etags.js';
import { noCounts } from '../../domain/copy-counts.js';
import { copyPasses } from '../../domain/copy-passes.js';
import { headersPolicy } from '../../domain/edition-headers.js';
import { hasCode } from '../../domain/errors.js';
import { buildPrefix, editionPrefix } from '../../domain/object-keys.js';
import type { ObjectStore } from '../../integrations/object-store/object-store.js';
import { withFlow } from '../../integrations/object-store/store-flows.js';
import type { CopyHeartbeat, CopyReport, PlannedBuild, RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';
import { giveWay, lastHeartbeat, withHeartbeat } from '../heartbeat.js';
import { endUploads } from './end-uploads.js';
import { purgeAtOnce } from './purge-owed.js';
import { signalEdition } from './signal-downstream.js';
import { withWriterLease, type Work, type WriterPlace } from './writer-lease.js';

/**
 * Copies the plan's build to the edition's prefix and records `copied`; `verified` where nothing is left to be removed,
 * for then it has seen that the prefix is the build exactly. Then it purges the CDN, if that can be done at once. Safe
 * to retry, and meant to be: it goes on from the cursor of the last heartbeat, leaves alone what is right already, and
 * nobody else writes meanwhile.
 */
export function createCopyBuild(deps: ActivityDeps) {
  return async (plan: RebuildPlan): Promise<CopyReport> => {
    const context = Context.current();
    const about = aboutPlan(plan);
    await giveWay(deps.knex, context, plan);
    const checkpoint = checkpointOf(lastHeartbeat(context, plan));
    const progress = new CopyProgress(checkpoint);
    deps.logger.info({ ...about, attempt: context.info.attempt, resumed: checkpoint ?? null }, 'copy begins');
    const work = { kind: 'copy', policy: policyOf(deps, plan), uncached: deps.cdn === null } as const;
    const report = await withFlow(deps.stores, { name: `copy ${plan.planId}` }, ({ store, pressure }) =>
      withHeartbeat(
        { ...deps, context, plan, about, pressure },
        () => ({ checkpoint: progress.checkpoint, counts: progress.counts }),
        async (signal) => {
          const copied = await withWriterLease(
            { ...deps, wake: () => signalEdition(deps, plan) },
            { plan, work, signal },
            (place) => copyAsWriter({ ...deps, store }, plan, { place, progress }),
          );
          return { ...copied, ...(await purgeAtOnce(deps, plan, signal)) };
        },
      ),
    );
    deps.logger.info({ ...about, ...report }, 'copy done');
    return report;
  };
}

/** What a writer is asked for, and what it tells of its work. */
interface Writing {
  readonly place: WriterPlace;
  readonly progress: CopyProgress;
}

async function copyAsWriter(
  deps: ActivityDeps & { readonly store: ObjectStore },
  plan: RebuildPlan,
  writing: Writing,
): Promise<Work<CopyReport>> {
  await endUploads(deps, plan, writing.place);
  const { target } = plan;
  if (target === null) return { record: 'copied', result: noCounts };
  const { counts, isExact } = await copyTarget(deps, { plan, target }, writing);
  const isLast = isExact && !(await hasToVacate(deps, plan));
  return isLast ? { record: 'verified', result: { ...counts, verified: true } } : { record: 'copied', result: counts };
}

/** Whether earlier slugs of the edition are still to be emptied, which is the removal's. */
async function hasToVacate({ knex }: Pick<ActivityDeps, 'knex'>, plan: RebuildPlan): Promise<boolean> {
  return (await vacatingSlugs(knex, plan.editionId)).length > 0;
}

async function copyTarget(
  deps: ActivityDeps & { readonly store: ObjectStore },
  { plan, target }: { readonly plan: RebuildPlan; readonly target: PlannedBuild },
  { place, progress }: Writing,
): Promise<CopyOutcome> {
  const job: CopyJob = {
    ...deps.s3,
    ...deps.copy,
    ...prefixesOf(plan, target),
    surrogateKey: plan.surrogateKey,
    build: buildSource(deps, { plan, target }),
    known: await knownBuilds(deps.manifests, place.known, target.id),
  };
  const control: CopyControl = { ...place, progress, onEmptyDestination: place.noteEmptyPrefix };
  try {
    return await copyBuild({ ...deps, etags: copiedEtags(deps.knex, plan.editionId) }, job, control);
  } catch (error) {
    // The next attempt learns the build again.
    if (hasCode(error, 'source_changed')) await deps.manifests.forget(target.id);
    throw error;
  }
}

function policyOf({ s3 }: Pick<ActivityDeps, 's3'>, plan: RebuildPlan): string {
  const prefix = editionPrefix(plan.productSlug, plan.editionSlug);
  return headersPolicy({ surrogateKey: plan.surrogateKey, acl: s3.acl, bucket: plan.bucket, prefix });
}

/** How logs name a plan. */
export function aboutPlan(plan: RebuildPlan): Record<string, unknown> {
  return {
    product: plan.productSlug,
    edition: plan.editionSlug,
    edition_id: plan.editionId,
    generation: plan.generation,
    build: (plan.target satisfies PlannedBuild | null)?.slug ?? null,
    build_id: plan.target?.id ?? null,
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

/** A plan's build for the engine: its manifest, else what a pass over the bucket learns. */
function buildSource(
  { store, manifests, copy }: Pick<ActivityDeps, 'store' | 'manifests' | 'copy'>,
  { plan, target }: { readonly plan: RebuildPlan; readonly target: PlannedBuild },
): BuildSource {
  const job = {
    buildId: target.id,
    bucket: plan.bucket,
    prefix: buildPrefix(plan.productSlug, target.slug),
    complete: true,
    concurrency: copy.concurrency,
  };
  return {
    findManifest: () => manifests.findComplete(target.id),
    learn: (signal) => recordManifest({ store, manifests }, job, { signal }),
  };
}

/** Manifests read beside the build's own: with more builds than this nothing is taken as known. */
const maxOthers = 8;

/**
 * The builds that may have written what is at an edition's prefix, with their manifests; null where one of them has
 * none any more, for then it is not known what it wrote.
 */
async function knownBuilds(
  manifests: Pick<ManifestStore, 'findComplete'>,
  written: WrittenBuilds | null,
  targetId: number,
): Promise<KnownBuilds | null> {
  if (written === null) return null;
  const { published, tried } = written;
  const ids = new Set(published === null ? tried : [published, ...tried]);
  const hasTarget = ids.delete(targetId);
  if (ids.size > maxOthers) return null;
  const found = await Promise.all([...ids].map((id) => manifests.findComplete(id)));
  const others = found.filter((manifest) => manifest !== null);
  return others.length < ids.size ? null : { hasTarget, others, isPublished: published !== null };
}

/** Where a plan copies from and to. */
export function prefixesOf(plan: RebuildPlan, target: PlannedBuild): PrefixPair {
  return {
    bucket: plan.bucket,
    sourcePrefix: buildPrefix(plan.productSlug, target.slug),
    destinationPrefix: editionPrefix(plan.productSlug, plan.editionSlug),
  };
}
