import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Product } from '../db/models/product.js';
import { openTask } from '../db/protocol/open-task.js';
import { insertEdition } from '../db/queries/insert-edition.js';
import { insertProduct } from '../db/queries/products.js';
import { transaction } from '../db/transaction.js';
import { defaultEdition } from '../domain/default-edition.js';
import { LtdError } from '../domain/errors.js';
import { invalidSlugMessage, isProductSlug, maxProductSlug } from '../domain/slugs.js';
import { buildPrefix, surrogateKey } from '../domain/object-keys.js';
import { checkTrackingMode } from './edition-settings.js';
import type { BuildFolders } from './ports.js';
import { type SignalDeps, signalWorkflows } from './signal-workflows.js';

/** The collaborators of {@link missingBucket}. */
export interface BucketDeps {
  readonly folders: Pick<BuildFolders, 'isMissing'>;
}

/** The collaborators of {@link createProduct}. */
export interface CreateProductDeps extends SignalDeps, BucketDeps {
  readonly knex: Knex;
  /** The git ref that default editions track. */
  readonly defaultGitRef: string;
  /** Whether the service registers domains of new products. */
  readonly registersDomains: boolean;
}

/** The requested product. */
export interface CreateProductInput {
  readonly slug: string;
  readonly doc_repo: string;
  readonly title: string;
  readonly root_domain: string;
  readonly root_fastly_domain: string;
  readonly bucket_name: string;
  /** The tracking mode of the default edition. @default 'git_refs' */
  readonly main_mode?: string | undefined;
  /** The base URL by which the request reached the API. */
  readonly baseUrl: string;
}

/** A created product and the task of its request. */
export interface AcceptedProduct {
  readonly product: Product;
  readonly taskId: string;
  /** Notices for the client: the bucket does not exist. */
  readonly notices: readonly string[];
}

/**
 * Creates a product and its default edition, and requests its dashboard and, if configured, its domain.
 *
 * @throws {LtdError} `invalid` for the slug or the mode, `conflict` if the slug is taken. An error changes nothing.
 */
export async function createProduct(deps: CreateProductDeps, input: CreateProductInput): Promise<AcceptedProduct> {
  const mode = input.main_mode === undefined ? undefined : checkTrackingMode(input.main_mode);
  if (!isProductSlug(input.slug)) throw new LtdError('invalid', invalidSlugMessage(input.slug, maxProductSlug));
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
  await signalWorkflows(deps, { editions: [], dashboard, ...domain });
  const named = { bucket: product.bucket_name, productSlug: product.slug };
  return { product, taskId: task.taskId, notices: await missingBucket(deps, named) };
}

/** Returns a notice if the store answers that the bucket does not exist; none for any other answer, or none in time. */
export async function missingBucket(
  { folders }: BucketDeps,
  { bucket, productSlug }: { readonly bucket: string; readonly productSlug: string },
): Promise<readonly string[]> {
  const prefix = buildPrefix(productSlug, '1');
  const isMissing = await folders.isMissing({ bucket, prefix }).catch(() => false);
  return isMissing
    ? [
        `The object store has no bucket "${bucket}": create it, or correct bucket_name with PATCH ` +
          `/products/${productSlug}.`,
      ]
    : [];
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
