import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Product } from '../db/models/product.js';
import { openTask } from '../db/protocol/open-task.js';
import { insertEdition } from '../db/queries/insert-edition.js';
import { insertProduct } from '../db/queries/products.js';
import { transaction } from '../db/transaction.js';
import { defaultEdition } from '../domain/default-edition.js';
import { KeeperError } from '../domain/errors.js';
import { invalidSlugMessage, isProductSlug, longestProductSlug } from '../domain/slugs.js';
import { surrogateKey } from '../domain/surrogate-keys.js';
import { checkTrackingMode } from './check-tracking-mode.js';
import { type WakeDeps, wakeWorkflows } from './wake-workflows.js';

/** What {@link createProduct} works with. */
export interface CreateProductDeps extends WakeDeps {
  readonly knex: Knex;
  /** The git ref that default editions track. */
  readonly defaultGitRef: string;
  /** Whether the domains of new products are registered. */
  readonly registersDomains: boolean;
}

/** The product that is asked for. */
export interface CreateProductInput {
  readonly slug: string;
  readonly doc_repo: string;
  readonly title: string;
  readonly root_domain: string;
  readonly root_fastly_domain: string;
  readonly bucket_name: string;
  /** How the default edition follows builds. @default 'git_refs' */
  readonly main_mode?: string | undefined;
  /** Where the request reached the API. */
  readonly baseUrl: string;
}

/** A product that was accepted, and the task that its request became. */
export interface AcceptedProduct {
  readonly product: Product;
  readonly taskId: string;
}

/**
 * Makes a product and its default edition, and asks for its dashboard and, where that is configured, for its domain.
 *
 * @throws {KeeperError} `invalid` for the slug or the mode, `conflict` when the slug is taken. Nothing is changed then.
 */
export async function createProduct(
  deps: CreateProductDeps,
  input: CreateProductInput,
): Promise<AcceptedProduct> {
  const mode = input.main_mode === undefined ? undefined : checkTrackingMode(input.main_mode);
  if (!isProductSlug(input.slug))
    throw new KeeperError('invalid', invalidSlugMessage(input.slug, longestProductSlug));
  const { product, task } = await transaction(deps.knex, async (trx) => {
    const inserted = await insertProduct(trx, rowOf(deps, input));
    const { trackedRefs, ...edition } = defaultEdition(deps.defaultGitRef, mode);
    await insertEdition(trx, {
      ...edition,
      product_id: inserted.id,
      tracked_refs: trackedRefs === null ? null : [...trackedRefs],
      base_url: input.baseUrl,
    });
    return { product: inserted, task: await openTask(trx, { productId: inserted.id, rebuilds: [] }) };
  });
  const dashboard = {
    productId: product.id,
    productSlug: product.slug,
    generation: task.dashboardGeneration,
  };
  const domain = product.domain_record === null ? {} : { domain: dashboard };
  await wakeWorkflows(deps, { editions: [], dashboard, ...domain });
  return { product, taskId: task.taskId };
}

function rowOf(
  { registersDomains }: Pick<CreateProductDeps, 'registersDomains'>,
  input: CreateProductInput,
): Parameters<typeof insertProduct>[1] {
  const { slug, doc_repo, title, root_domain, root_fastly_domain, bucket_name } = input;
  return {
    slug,
    doc_repo,
    title,
    root_domain,
    root_fastly_domain,
    bucket_name,
    surrogate_key: surrogateKey(randomUUID()),
    base_url: input.baseUrl,
    domain_record: registersDomains ? 'wanted' : null,
  };
}
