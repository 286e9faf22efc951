import type { Knex } from 'knex';
import { declareRebuild } from '../db/protocol/declare.js';
import { lockProduct } from '../db/protocol/lock.js';
import { openTask } from '../db/protocol/open-task.js';
import { heldSlugs, insertEdition } from '../db/queries/insert-edition.js';
import { summariseEditions } from '../db/queries/editions.js';
import { transaction } from '../db/transaction.js';
import { LtdError } from '../domain/errors.js';
import { nextEditionSlug } from '../domain/slugs.js';
import type { TrackingMode } from '../domain/tracking/tracking.js';
import { checkPathSlug, checkTrackingMode } from './edition-settings.js';
import { assertPublishable, resolveBuildUrl } from './resolve-build-url.js';
import { signalWorkflows, type Signals } from './signal-workflows.js';
import type { Requester, WriteDeps } from './write-request.js';

/** The requested edition. */
export interface CreateEditionInput extends Requester {
  readonly productId: number;
  /** Whether slug and title are the next whole number. @default false */
  readonly autoincrement?: boolean | undefined;
  /** Required without `autoincrement`. */
  readonly slug?: string | undefined;
  readonly title?: string | undefined;
  /** @default 'git_refs' */
  readonly mode?: string | undefined;
  /** Required in the mode `git_refs`; ignored in others, as in LTD Keeper 1.x. */
  readonly tracked_refs?: readonly string[] | null | undefined;
  /** The first build to publish. */
  readonly build_url?: string | undefined;
}

/** A created edition. */
export interface CreatedEdition {
  readonly editionId: number;
  readonly taskId: string;
}

/**
 * Creates an edition. It publishes the build in `build_url`, or nothing until it tracks a build.
 *
 * @throws {LtdError} `not_found` for the product; `invalid` for a missing or invalid value, the slug of another edition
 *   (also a deprecated one) and a build that cannot be published; `conflict` for a slug whose prefix still holds
 * objects.
 *   An error changes nothing.
 */
export async function createEdition(deps: WriteDeps, input: CreateEditionInput): Promise<CreatedEdition> {
  const naming = checkNaming(input);
  const tracking = checkTracking(input);
  const { signals, ...created } = await transaction(deps.knex, (trx) => create(trx, { ...naming, ...tracking }, input));
  await signalWorkflows(deps, signals);
  return created;
}

/** A slug and a title; null means the next number. */
interface Naming {
  readonly slug: string | null;
  readonly title: string | null;
}

interface Tracking {
  readonly mode: TrackingMode;
  readonly trackedRefs: string[] | null;
}

function checkNaming({ autoincrement, slug, title }: CreateEditionInput): Naming {
  if (autoincrement === true) return { slug: null, title: null };
  if (slug === undefined) throw missing('slug');
  if (title === undefined) throw missing('title');
  return { slug: checkPathSlug(slug), title };
}

function checkTracking({ mode = 'git_refs', tracked_refs: refs }: CreateEditionInput): Tracking {
  const checked = checkTrackingMode(mode);
  if (checked !== 'git_refs') return { mode: checked, trackedRefs: null };
  if (refs === undefined || refs === null) throw missing('tracked_refs');
  return { mode: checked, trackedRefs: [...refs] };
}

function missing(key: string): LtdError {
  return new LtdError('invalid', `Invalid Edition: missing ${key}`);
}

async function create(
  trx: Knex.Transaction,
  { slug, title, mode, trackedRefs }: Naming & Tracking,
  input: CreateEditionInput,
): Promise<CreatedEdition & { readonly signals: Signals }> {
  const { productId, baseUrl } = input;
  const product = await lockProduct(trx, productId);
  const build =
    input.build_url === undefined ? null : await resolveBuildUrl(trx, { url: input.build_url, baseUrl, productId });
  if (build !== null) assertPublishable(build, baseUrl);
  const chosen = slug ?? nextEditionSlug(await heldSlugs(trx, productId));
  const edition = await insertEdition(trx, {
    product_id: productId,
    slug: chosen,
    title: title ?? chosen,
    mode,
    tracked_refs: trackedRefs,
    base_url: baseUrl,
  });
  const declaration = { editionId: edition.id, requestedBy: input.user.username, trackedBuildId: null };
  const rebuilds = build === null ? [] : [await declareRebuild(trx, { ...declaration, buildId: build.id })];
  const task = await openTask(trx, { productId, rebuilds, baseUrl });
  return {
    editionId: edition.id,
    taskId: task.taskId,
    signals: {
      editions: build === null ? [] : await summariseEditions(trx, [edition.id]),
      dashboard: { productId, productSlug: product.slug, generation: task.dashboardGeneration },
    },
  };
}
