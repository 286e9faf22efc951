import type { Knex } from 'knex';
import { declareRebuild, type DeclaredRebuild } from '../db/protocol/declare.js';
import { openTask, unfinishedTaskOfBuild } from '../db/protocol/open-task.js';
import { type BuildFacts, type BuildOfProduct, lockBuildWithProduct, markUploaded } from '../db/queries/builds.js';
import type { ProductFacts } from '../db/queries/products.js';
import { editionIdsOfTask } from '../db/queries/rebuilds.js';
import { summariseEditions } from '../db/queries/editions.js';
import { transaction } from '../db/transaction.js';
import { LtdError } from '../domain/errors.js';
import { defaultBranches } from '../domain/tracking/tracking.js';
import { buildUrl } from '../domain/urls.js';
import { chooseTrackingEditions, type TrackingEditions } from './choose-tracking-editions.js';
import { found } from './find-product.js';
import { nowhereNotices } from './make-auto-edition.js';
import { assertNotAbandoned } from './resolve-build-url.js';
import { signalWorkflows, type Signals } from './signal-workflows.js';
import type { Requester, WriteDeps } from './write-request.js';

/** The collaborators of {@link completeBuild}. */
export interface CompleteBuildDeps extends WriteDeps {
  /** The configured git ref of default editions. */
  readonly defaultGitRef: string;
}

/** The request that confirms an upload. */
export interface CompleteBuildInput extends Requester {
  readonly buildId: number;
  /** Any value but `true` only refreshes the dashboard. */
  readonly uploaded?: boolean | undefined;
}

/** An accepted request. */
export interface CompletedBuild {
  readonly taskId: string;
  /** Notices for the client: why no edition publishes the build. */
  readonly notices: readonly string[];
}

/**
 * Marks a build as uploaded and declares it in each tracking edition, also in one with a pending rebuild. A repeated
 * request returns the same task while the rebuilds run; after that it rebuilds the editions again.
 *
 * @throws {LtdError} `not_found`; `invalid` for a deprecated or abandoned build. An error changes nothing.
 */
export async function completeBuild(deps: CompleteBuildDeps, input: CompleteBuildInput): Promise<CompletedBuild> {
  const { signals, ...completed } = await transaction(deps.knex, (trx) =>
    complete(trx, input, defaultBranches(deps.defaultGitRef)),
  );
  await signalWorkflows(deps, signals);
  return completed;
}

type Outcome = CompletedBuild & { readonly signals: Signals };

async function complete(
  trx: Knex.Transaction,
  input: CompleteBuildInput,
  defaultRefs: readonly string[],
): Promise<Outcome> {
  const { build, product } = found(await lockBuildWithProduct(trx, input.buildId));
  if (input.uploaded !== true) return accept(trx, { product, rebuilds: [], notices: [], ...input });
  if (build.date_ended !== null)
    throw new LtdError('invalid', `Build was deprecated: ${buildUrl(input.baseUrl, build.id)}`);
  assertNotAbandoned(build, input.baseUrl);
  // No edition declares a build before its upload.
  const running = build.uploaded ? await unfinishedTaskOfBuild(trx, build.id) : undefined;
  if (running !== undefined) return recordManifest(await repeat(trx, product, running), { build, product });
  await markUploaded(trx, build.id);
  const tracking = await chooseTrackingEditions(trx, build, defaultRefs);
  const rebuilds = await declare(trx, { build, ...tracking, ...input });
  const notices = await nowhereNotices(trx, build, { ...tracking, ...input });
  const accepted = await accept(trx, { product, build, rebuilds, notices, ...input });
  return recordManifest(accepted, { build, product });
}

/** Without a copy, which completes the manifest, `RecordManifest` must record the rest of the upload. */
function recordManifest(outcome: Outcome, { build, product }: BuildOfProduct): Outcome {
  if (outcome.signals.editions.length > 0) return outcome;
  const manifest = { buildId: build.id, productSlug: product.slug, buildSlug: build.slug };
  return { ...outcome, signals: { ...outcome.signals, manifest } };
}

async function declare(
  trx: Knex.Transaction,
  request: Pick<TrackingEditions, 'editions'> & Requester & { readonly build: BuildFacts },
): Promise<readonly DeclaredRebuild[]> {
  const { build, editions, user, baseUrl } = request;
  const declaration = { buildId: build.id, requestedBy: user.username, baseUrl };
  const rebuilds: DeclaredRebuild[] = [];
  // Editions are locked in the order of their ids.
  for (const edition of editions) rebuilds.push(await declareRebuild(trx, { ...edition, ...declaration }));
  return rebuilds;
}

async function accept(
  trx: Knex.Transaction,
  request: {
    readonly product: ProductFacts;
    /** Absent if the request only refreshes the dashboard. */
    readonly build?: Pick<BuildFacts, 'id' | 'slug'>;
    readonly rebuilds: readonly DeclaredRebuild[];
    readonly notices: readonly string[];
    readonly baseUrl: string;
  },
): Promise<Outcome> {
  const { product, build, rebuilds, notices, baseUrl } = request;
  const { taskId, dashboardGeneration } = await openTask(trx, {
    productId: product.id,
    rebuilds,
    baseUrl,
    notices,
  });
  const editions = rebuilds.map(({ editionId, generation, slug }) => ({
    editionId,
    generation,
    productSlug: product.slug,
    editionSlug: slug,
    buildId: build?.id ?? null,
    buildSlug: build?.slug ?? null,
  }));
  const dashboard = { productId: product.id, productSlug: product.slug, generation: dashboardGeneration };
  return { taskId, notices, signals: { editions, dashboard } };
}

/** Returns the running task and signals its workflows again, in case the first signal was lost. */
async function repeat(trx: Knex.Transaction, product: ProductFacts, taskId: string): Promise<Outcome> {
  const editions = await summariseEditions(trx, await editionIdsOfTask(trx, taskId));
  const generation = product.dashboard_generation;
  const dashboard = { productId: product.id, productSlug: product.slug, generation };
  return { taskId, notices: [], signals: { editions, dashboard } };
}
