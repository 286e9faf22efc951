import type { Knex } from 'knex';
import { declareRebuild, type DeclaredRebuild } from '../db/protocol/declare.js';
import { openTask, unfinishedTaskOfBuild } from '../db/protocol/open-task.js';
import {
  type BuildFacts,
  type BuildOfProduct,
  lockBuildWithProduct,
  markUploaded,
} from '../db/queries/builds.js';
import type { ProductFacts } from '../db/queries/products.js';
import { editionIdsOfTask } from '../db/queries/rebuilds.js';
import { summariseEditions } from '../db/queries/summarise-editions.js';
import { transaction } from '../db/transaction.js';
import { LtdError } from '../domain/errors.js';
import { defaultBranches } from '../domain/tracking/tracking.js';
import { buildUrl } from '../domain/urls.js';
import { chooseTrackingEditions, type Followers } from './choose-tracking-editions.js';
import { found } from './find-product.js';
import { nowhereNotices } from './make-auto-edition.js';
import { assertNotAbandoned } from './resolve-build-url.js';
import { signalWorkflows, type Signals } from './signal-workflows.js';
import type { Requester, WriteDeps } from './write-request.js';

/** What {@link completeBuild} works with. */
export interface CompleteBuildDeps extends WriteDeps {
  /** The configured git ref of default editions: one of the names of the default branch. */
  readonly defaultGitRef: string;
}

/** What a client says of its build. */
export interface CompleteBuildInput extends Requester {
  readonly buildId: number;
  /** Any value but `true` only refreshes the dashboard. */
  readonly uploaded?: boolean | undefined;
}

/** A request that was accepted. */
export interface CompletedBuild {
  readonly taskId: string;
  /** What a client should know beside: why nothing publishes the build. */
  readonly notices: readonly string[];
}

/**
 * Takes note that a build's files are all there, and makes each edition that tracks it declare it; one that is pending
 * already too, for the newest build wins. Said again while the rebuilds are under way, it is the same task; after that,
 * the editions are rebuilt once more.
 *
 * @throws {LtdError} `not_found`; `invalid` for a build that was deprecated, or abandoned. Nothing is changed then.
 */
export async function completeBuild(
  deps: CompleteBuildDeps,
  input: CompleteBuildInput,
): Promise<CompletedBuild> {
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
  // Before its upload no edition was told to show it.
  const running = build.uploaded ? await unfinishedTaskOfBuild(trx, build.id) : undefined;
  if (running !== undefined) return learning(await repeat(trx, product, running), { build, product });
  await markUploaded(trx, build.id);
  const followers = await chooseTrackingEditions(trx, build, defaultRefs);
  const rebuilds = await declare(trx, { build, ...followers, ...input });
  const notices = await nowhereNotices(trx, build, { ...followers, ...input });
  const accepted = await accept(trx, { product, build, rebuilds, notices, ...input });
  return learning(accepted, { build, product });
}

/** What is left to learn of an uploaded build is its tail: by the copy, where there is one, else by a pass of its own. */
function learning(outcome: Outcome, { build, product }: BuildOfProduct): Outcome {
  if (outcome.signals.editions.length > 0) return outcome;
  const wake = { buildId: build.id, productSlug: product.slug, buildSlug: build.slug };
  return { ...outcome, signals: { ...outcome.signals, learning: wake } };
}

async function declare(
  trx: Knex.Transaction,
  request: Pick<Followers, 'followers'> & Requester & { readonly build: BuildFacts },
): Promise<readonly DeclaredRebuild[]> {
  const { build, followers, user, baseUrl } = request;
  const declaration = { buildId: build.id, requestedBy: user.username, baseUrl };
  const rebuilds: DeclaredRebuild[] = [];
  // In the order of their ids, in which editions are locked.
  for (const follower of followers) rebuilds.push(await declareRebuild(trx, { ...follower, ...declaration }));
  return rebuilds;
}

async function accept(
  trx: Knex.Transaction,
  request: {
    readonly product: ProductFacts;
    /** Absent where none is announced. */
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

/** The same task, whose workflows are woken again in case their first wake was lost. */
async function repeat(trx: Knex.Transaction, product: ProductFacts, taskId: string): Promise<Outcome> {
  const editions = await summariseEditions(trx, await editionIdsOfTask(trx, taskId));
  const generation = product.dashboard_generation;
  const dashboard = { productId: product.id, productSlug: product.slug, generation };
  return { taskId, notices: [], signals: { editions, dashboard } };
}
