import DataLoader from 'dataloader';
import type { Knex } from 'knex';
import { type BuildOfProduct, findBuildsByIds } from './queries/builds.js';
import { type EditionOfProduct, findEditionsByIds } from './queries/editions.js';
import { findProductsBySlugs, type ShownProduct } from './queries/products.js';
import { findUsersByIds, type UserFacts } from './queries/users.js';

/** Looks up one row by its key; undefined where there is none. */
export type RowByKey<Key, Row> = (key: Key) => Promise<Row | undefined>;

/** The rows that requests name, each as it is committed when it is asked for: nothing is remembered. */
export interface RowsByKey {
  readonly user: RowByKey<number, UserFacts>;
  readonly product: RowByKey<string, ShownProduct>;
  readonly build: RowByKey<number, BuildOfProduct>;
  readonly edition: RowByKey<number, EditionOfProduct>;
}

/** So many rows at most are asked for by one statement. */
const largest = 100;

/**
 * Reads rows outside of transactions, what is asked for in one turn of the event loop by one statement: the busier a
 * process is, the less a request costs.
 */
export function createRowsByKey(knex: Knex): RowsByKey {
  return {
    user: gathered((ids) => findUsersByIds(knex, ids)),
    product: gathered((slugs) => findProductsBySlugs(knex, slugs)),
    build: gathered((ids) => findBuildsByIds(knex, ids)),
    edition: gathered((ids) => findEditionsByIds(knex, ids)),
  };
}

function gathered<Key, Row>(
  find: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Row>>,
): RowByKey<Key, Row> {
  const loader = new DataLoader<Key, Row | undefined>(
    async (keys) => {
      const rows = await find(keys);
      return keys.map((key) => rows.get(key));
    },
    {
      cache: false,
      maxBatchSize: largest,
      // After all sockets that have something were read: dataloader itself would not wait for the next request.
      batchScheduleFn: (send) => setImmediate(send),
    },
  );
  return (key) => loader.load(key);
}
