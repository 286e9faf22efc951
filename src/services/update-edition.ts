import type { Knex } from 'knex';
import type { Build } from '../db/models/build.js';
import type { Edition } from '../db/models/edition.js';
import { declareRebuild, type DeclaredRebuild } from '../db/protocol/declare.js';
import { lockProduct, lockProductAndEdition } from '../db/protocol/lock.js';
import { openTask, unfinishedTaskOfEdition } from '../db/protocol/open-task.js';
import { settleGeneration } from '../db/protocol/settle.js';
import {
  type EditionOfProduct,
  findEditionById,
  summariseEditions,
  updateEditionSettings,
} from '../db/queries/editions.js';
import { findRebuildId } from '../db/queries/rebuilds.js';
import { renameEdition } from '../db/queries/insert-edition.js';
import { transaction } from '../db/transaction.js';
import { keepsDefaultEdition } from '../domain/default-edition.js';
import { LtdError } from '../domain/errors.js';
import { defaultEditionSlug } from '../domain/published-urls.js';
import { editionUrl } from '../domain/urls.js';
import { changedSettings, checkPathSlug, type SettingsRequest } from './edition-settings.js';
import { found } from './find-product.js';
import { assertPublishable, resolveBuildUrl } from './resolve-build-url.js';
import { signalAfterSettling, type Signals, signalWorkflows } from './signal-workflows.js';
import type { Requester, WriteDeps } from './write-request.js';

/** The requested changes of an edition; absent values do not change. */
export interface UpdateEditionInput extends Requester, SettingsRequest {
  readonly editionId: number;
  /** The build to publish; the published build is published again. */
  readonly build_url?: string | undefined;
  readonly slug?: string | undefined;
  /** Whether the default edition may lose its slug. @default false */
  readonly force?: boolean | undefined;
  /** `true` publishes the declared build again; `false` abandons the pending rebuild. */
  readonly pending_rebuild?: boolean | undefined;
}

/** The changed edition and the task of the request. */
export interface UpdatedEdition extends EditionOfProduct {
  readonly taskId: string;
}

/**
 * Changes an edition in one transaction. All requested changes of the bucket (another build, another slug, the same
 * build again) make one generation.
 *
 * @throws {LtdError} `not_found`; `pending_rebuild` for a build while another rebuild is pending; `conflict` for a slug
 *   whose prefix another edition still uses, and for a rename of the default edition without `force`; else `invalid`.
 */
export async function updateEdition(deps: WriteDeps, input: UpdateEditionInput): Promise<UpdatedEdition> {
  const { signals, reset, ...updated } = await transaction(deps.knex, (trx) => update(trx, input));
  await (reset ? signalAfterSettling : signalWorkflows)(deps, signals);
  if (reset) await deps.rebuilds.ended(input.editionId);
  return updated;
}

async function update(
  trx: Knex.Transaction,
  input: UpdateEditionInput,
): Promise<UpdatedEdition & { readonly signals: Signals; readonly reset: boolean }> {
  const { editionId, baseUrl } = input;
  const { edition, build } = await lockAll(trx, input);
  const settings = changedSettings(edition, input);
  await updateEditionSettings(trx, editionId, { ...settings, base_url: baseUrl });
  if (build !== null) await assertDeclarable(trx, { edition, build, baseUrl });
  const renamed = await rename(trx, edition, input);
  const buildId = build?.id ?? (renamed || isForced(edition, input) ? edition.build_id : null);
  const rebuild = buildId === null ? null : await declare(trx, buildId, input);
  const reset = input.pending_rebuild === false && (await resetGeneration(trx, edition, rebuild));
  const quiet = Object.keys(settings).length === 0 && !renamed && rebuild === null && !reset;
  const task = await taskOf(trx, { edition, rebuild, quiet, input });
  const changed = found(await findEditionById(trx, editionId));
  return {
    ...changed,
    taskId: task.taskId,
    reset,
    signals: {
      editions: rebuild !== null || reset || task.waits ? await summariseEditions(trx, [editionId]) : [],
      dashboard: {
        productId: changed.product.id,
        productSlug: changed.product.slug,
        generation: changed.product.dashboard_generation,
      },
    },
  };
}

/** Locks in the common order: product, build, edition. */
async function lockAll(
  trx: Knex.Transaction,
  { editionId, build_url: url, baseUrl }: UpdateEditionInput,
): Promise<{ edition: Edition; build: Build | null }> {
  const { product } = found(await findEditionById(trx, editionId));
  await lockProduct(trx, product.id);
  const build = url === undefined ? null : await resolveBuildUrl(trx, { url, baseUrl, productId: product.id });
  const { edition } = await lockProductAndEdition(trx, editionId);
  return { edition, build };
}

/** Checks in LTD Keeper 1.x's order: the pending rebuild before the build. */
async function assertDeclarable(
  trx: Knex.Transaction,
  { edition, build, baseUrl }: { readonly edition: Edition; readonly build: Build; readonly baseUrl: string },
): Promise<void> {
  assertNotDeprecated(edition, baseUrl);
  if (edition.pending_rebuild)
    throw new LtdError(
      'pending_rebuild',
      'This edition already has a pending rebuild, this request will not be accepted.',
      { taskId: await unfinishedTaskOfEdition(trx, edition.id) },
    );
  assertPublishable(build, baseUrl);
}

function assertNotDeprecated(edition: Edition, baseUrl: string): void {
  if (edition.date_ended !== null)
    throw new LtdError('invalid', `Edition was deprecated: ${editionUrl(baseUrl, edition.id)}`);
}

/** Renames the edition if requested. Returns whether the slug changed. */
async function rename(
  trx: Knex.Transaction,
  edition: Edition,
  { slug, force, baseUrl }: UpdateEditionInput,
): Promise<boolean> {
  if (slug === undefined || slug === edition.slug) return false;
  checkPathSlug(slug);
  assertNotDeprecated(edition, baseUrl);
  await renameEdition(trx, edition, slug);
  // After the checks of the slug, whose messages LTD Keeper 1.x's clients expect; the error rolls back the transaction.
  if (edition.slug === defaultEditionSlug && force !== true)
    throw new LtdError('conflict', keepsDefaultEdition('"force": true in the body'));
  return true;
}

/** Whether to publish the declared build again. A pending rebuild already does. */
function isForced(edition: Edition, { pending_rebuild: wanted, baseUrl }: UpdateEditionInput): boolean {
  if (wanted !== true) return false;
  assertNotDeprecated(edition, baseUrl);
  if (edition.build_id === null)
    throw new LtdError(
      'invalid',
      'Invalid Edition: pending_rebuild must not be true, for the edition has no build. Send a build_url.',
    );
  return !edition.pending_rebuild;
}

async function declare(
  trx: Knex.Transaction,
  buildId: number,
  { editionId, user, build_url: build, pending_rebuild: wanted }: UpdateEditionInput,
): Promise<DeclaredRebuild> {
  return declareRebuild(trx, {
    editionId,
    buildId,
    requestedBy: user.username,
    // A manual change does not move the high-water mark of tracking.
    trackedBuildId: null,
    // Then only a new slug makes the generation.
    onlyMoves: build === undefined && wanted !== true,
  });
}

async function resetGeneration(
  trx: Knex.Transaction,
  edition: Edition,
  rebuild: DeclaredRebuild | null,
): Promise<boolean> {
  const generation = rebuild?.generation ?? edition.generation;
  return settleGeneration(trx, { edition, generation, outcome: 'reset' });
}

/**
 * Returns the task of the request. A request that repeats a pending change waits for it; one that changes nothing else
 * returns the running task, so the same request sent twice is one task.
 */
async function taskOf(
  trx: Knex.Transaction,
  request: {
    readonly edition: Edition;
    readonly rebuild: DeclaredRebuild | null;
    /** Whether the request changes nothing. */
    readonly quiet: boolean;
    readonly input: UpdateEditionInput;
  },
): Promise<{ taskId: string; waits: boolean }> {
  const { edition, rebuild, quiet, input } = request;
  const again = input.pending_rebuild === true || input.slug === edition.slug;
  const waits = rebuild === null && edition.pending_rebuild && again && input.pending_rebuild !== false;
  const running = waits && quiet ? await unfinishedTaskOfEdition(trx, edition.id) : undefined;
  if (running !== undefined) return { taskId: running, waits };
  const pending = waits ? await findRebuildId(trx, edition.id, edition.generation) : rebuild?.rebuildId;
  const { taskId } = await openTask(trx, {
    productId: edition.product_id,
    rebuilds: pending === undefined ? [] : [{ rebuildId: pending }],
    baseUrl: input.baseUrl,
  });
  return { taskId, waits };
}
