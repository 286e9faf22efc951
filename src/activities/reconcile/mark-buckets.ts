import { type BucketInUse, bucketsInUse, nextMark } from '../../db/protocol/buckets.js';
import { transaction } from '../../db/transaction.js';
import { readBucketMark, writeBucketMark } from '../../integrations/object-store/bucket-mark-object.js';
import type { ActivityDeps } from '../dependencies.js';
import type { Part } from './pass-over.js';

type Deps = Pick<ActivityDeps, 'knex' | 'store' | 'logger' | 'metrics' | 's3'>;

/**
 * Puts a new mark into every bucket. A bucket that holds a mark which the database did not give out, or has forgotten,
 * keeps it and is reported: an operator decides what that means. A mark that is given out and not put means nothing.
 */
export function bucketsPart(deps: Deps): Part<BucketInUse> {
  return {
    find: (turn) => bucketsInUse(deps.knex, turn),
    idOf: ({ productId }) => productId,
    work: ({ bucket }) => markBucket(deps, bucket),
  };
}

async function markBucket({ knex, store, logger, metrics, s3 }: Deps, bucket: string): Promise<void> {
  const found = await readBucketMark(store, bucket);
  const token = await transaction(knex, (trx) => nextMark(trx, bucket, found));
  if (token !== null) {
    await writeBucketMark(store, bucket, { token, acl: s3.acl });
    return;
  }
  metrics.outOfStep();
  logger.warn({ bucket, found }, "the bucket's mark is not one of this database: 'ltd-keeper doctor' says what to do");
}
