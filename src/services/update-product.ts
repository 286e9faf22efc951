import type { Knex } from 'knex';
import { Product } from '../db/models/product.js';
import { changeBucket } from '../db/protocol/buckets.js';
import { lockProduct } from '../db/protocol/lock.js';
import { openTask } from '../db/protocol/open-task.js';
import { summariseEditions } from '../db/queries/editions.js';
import { transaction } from '../db/transaction.js';
import { LtdError } from '../domain/errors.js';
import { type BucketDeps, missingBucket } from './create-product.js';
import type { EditionSignal } from './ports.js';
import { type SignalDeps, signalWorkflows } from './signal-workflows.js';

/** The collaborators of {@link updateProduct}. */
export interface UpdateProductDeps extends SignalDeps, BucketDeps {
  readonly knex: Knex;
}

/** The requested changes; absent values do not change. */
export interface UpdateProductInput {
  readonly productId: number;
  readonly doc_repo?: string | undefined;
  readonly title?: string | undefined;
  readonly bucket_name?: string | undefined;
  /** The base URL by which the request reached the API. */
  readonly baseUrl: string;
}

/** An accepted change. */
export interface UpdatedProduct {
  readonly taskId: string;
  /** Notices for the client: builds must be uploaded again. */
  readonly notices: readonly string[];
}

/**
 * Changes a product and requests its dashboard, even if nothing differs.
 *
 * @throws {LtdError} `not_found`; `conflict` for another bucket after the first publication. An error changes nothing.
 */
export async function updateProduct(deps: UpdateProductDeps, input: UpdateProductInput): Promise<UpdatedProduct> {
  const { productId, baseUrl, doc_repo, title, bucket_name: bucket } = input;
  const { product, editions, task } = await transaction(deps.knex, async (trx) => {
    const locked = await lockProduct(trx, productId);
    const change = {
      ...(doc_repo === undefined ? {} : { doc_repo }),
      ...(title === undefined ? {} : { title }),
    };
    if (Object.keys(change).length > 0) await Product.query(trx).findById(productId).patch(change);
    const moved = await move(trx, locked, bucket);
    return {
      product: locked,
      editions: moved,
      task: await openTask(trx, { productId, rebuilds: [], baseUrl }),
    };
  });
  const dashboard = { productId, productSlug: product.slug, generation: task.dashboardGeneration };
  await signalWorkflows(deps, { editions: editions ?? [], dashboard });
  if (editions === null || bucket === undefined) return { taskId: task.taskId, notices: [] };
  const notice =
    `Upload the builds of "${product.slug}" again: nothing is moved from the bucket ` +
    `"${product.bucket_name}" to "${bucket}", and nothing removes what is below "${product.slug}/" in ` +
    'the old one.';
  return {
    taskId: task.taskId,
    notices: [notice, ...(await missingBucket(deps, { bucket, productSlug: product.slug }))],
  };
}

/** The message that refuses another bucket. */
export const bucketIsInUse =
  'Invalid Product: bucket_name cannot change once a build was published, for nothing moves what ' +
  'readers see. docs/operations.md has the steps, under "Moving a product to another bucket".';

/** Changes the bucket. Returns the editions to signal; null if the bucket is the same. */
async function move(
  trx: Knex.Transaction,
  product: Product,
  bucket: string | undefined,
): Promise<readonly EditionSignal[] | null> {
  if (bucket === undefined || bucket === product.bucket_name) return null;
  const editions = await changeBucket(trx, product, bucket);
  if (editions === null) throw new LtdError('conflict', bucketIsInUse);
  return summariseEditions(trx, editions);
}
