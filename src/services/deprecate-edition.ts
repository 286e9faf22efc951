import type { Knex } from 'knex';
import { lockProductAndEdition } from '../db/protocol/lock.js';
import { openTask } from '../db/protocol/open-task.js';
import { settleGeneration } from '../db/protocol/settle.js';
import { lockBuildWithProduct, markBuildEnded } from '../db/queries/builds.js';
import { markEditionEnded, summariseEditions } from '../db/queries/editions.js';
import { transaction } from '../db/transaction.js';
import { keepsDefaultEdition } from '../domain/default-edition.js';
import { LtdError } from '../domain/errors.js';
import { defaultEditionSlug } from '../domain/published-urls.js';
import { found } from './find-product.js';
import type { EditionSignal } from './ports.js';
import { signalAfterSettling, type Signals, signalWorkflows } from './signal-workflows.js';
import type { WriteDeps } from './write-request.js';

/** The edition to deprecate. */
interface DeprecateEditionInput {
  readonly editionId: number;
  /** Whether the default edition may be deprecated. */
  readonly force: boolean;
  /** The base URL by which the request reached the API. */
  readonly baseUrl: string;
}

/**
 * Deprecates an edition: lists omit it and it tracks no build. A pending rebuild is cancelled, and the bucket returns
 * to the published build. Idempotent. Returns the task's id.
 *
 * @throws {LtdError} `not_found`; `conflict` for the default edition without `force`.
 */
export async function deprecateEdition(deps: WriteDeps, input: DeprecateEditionInput): Promise<string> {
  const { taskId, signals } = await transaction(deps.knex, (trx) => deprecate(trx, input));
  const cancelled = signals.editions.length > 0;
  await (cancelled ? signalAfterSettling : signalWorkflows)(deps, signals);
  if (cancelled) await deps.rebuilds.ended(input.editionId);
  return taskId;
}

async function deprecate(
  trx: Knex.Transaction,
  { editionId, force, baseUrl }: DeprecateEditionInput,
): Promise<{ taskId: string; signals: Signals }> {
  const { product, edition } = await lockProductAndEdition(trx, editionId);
  if (edition.slug === defaultEditionSlug && edition.date_ended === null && !force)
    throw new LtdError('conflict', keepsDefaultEdition('?force=true'));
  await markEditionEnded(trx, edition.id, baseUrl);
  const cancelled = await settleGeneration(trx, {
    edition,
    generation: edition.generation,
    outcome: 'cancelled',
  });
  const { taskId, dashboardGeneration } = await openTask(trx, {
    productId: product.id,
    rebuilds: [],
    baseUrl,
  });
  const editions: readonly EditionSignal[] = cancelled ? await summariseEditions(trx, [edition.id]) : [];
  const dashboard = { productId: product.id, productSlug: product.slug, generation: dashboardGeneration };
  return { taskId, signals: { editions, dashboard } };
}

/**
 * Deprecates a build: lists omit it and no edition can declare it. Editions that publish it keep it. Idempotent. As in
 * LTD Keeper 1.x, the request makes no task.
 *
 * @throws {LtdError} `not_found`.
 */
export async function deprecateBuild(deps: { readonly knex: Knex }, buildId: number): Promise<void> {
  await transaction(deps.knex, async (trx) => {
    // The product's lock serialises this with requests that declare the build.
    found(await lockBuildWithProduct(trx, buildId));
    await markBuildEnded(trx, buildId);
  });
}
