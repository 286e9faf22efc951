import type { Knex } from 'knex';
import { Product } from '../db/models/product.js';
import { lockProduct } from '../db/protocol/lock.js';
import { openTask } from '../db/protocol/open-task.js';
import { transaction } from '../db/transaction.js';
import { type WakeDeps, wakeWorkflows } from './wake-workflows.js';

/** What {@link updateProduct} works with. */
export interface UpdateProductDeps extends WakeDeps {
  readonly knex: Knex;
}

/** What is to be changed; what is absent stays. */
export interface UpdateProductInput {
  readonly productId: number;
  readonly doc_repo?: string | undefined;
  readonly title?: string | undefined;
  /** Where the request reached the API. */
  readonly baseUrl: string;
}

/**
 * Changes what describes a product, and asks for its dashboard, also where nothing is different. Answers the task.
 *
 * @throws {KeeperError} `not_found`.
 */
export async function updateProduct(deps: UpdateProductDeps, input: UpdateProductInput): Promise<string> {
  const { productId, baseUrl, doc_repo, title } = input;
  const { product, task } = await transaction(deps.knex, async (trx) => {
    const locked = await lockProduct(trx, productId);
    const change = {
      ...(doc_repo === undefined ? {} : { doc_repo }),
      ...(title === undefined ? {} : { title }),
    };
    if (Object.keys(change).length > 0) await Product.query(trx).findById(productId).patch(change);
    return { product: locked, task: await openTask(trx, { productId, rebuilds: [], baseUrl }) };
  });
  const dashboard = { productId, productSlug: product.slug, generation: task.dashboardGeneration };
  await wakeWorkflows(deps, { editions: [], dashboard });
  return task.taskId;
}
