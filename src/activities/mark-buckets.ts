import { nextMark } from '../db/protocol/bucket-marks.js';
import { bucketsInUse } from '../db/protocol/passes.js';
import { transaction } from '../db/transaction.js';
import { readBucketMark, writeBucketMark } from '../integrations/object-store/bucket-mark-object.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'store' | 'logger' | 'metrics' | 's3'>;

/**
 * Puts a new mark into every bucket. A bucket that holds a mark which the database did not give out, or has forgotten,
 * keeps it and is reported: an operator decides what that means. Safe to retry: a mark that is given out and not put
 * means nothing.
 */
export function createMarkBuckets(deps: Dependencies) {
  return async (): Promise<void> => {
    for (const bucket of await bucketsInUse(deps.knex)) {
      try {
        await markBucket(deps, bucket);
      } catch (error) {
        deps.logger.info({ bucket, err: error }, 'a bucket could not be marked by this pass');
      }
    }
  };
}

async function markBucket({ knex, store, logger, metrics, s3 }: Dependencies, bucket: string): Promise<void> {
  const found = await readBucketMark(store, bucket);
  const token = await transaction(knex, (trx) => nextMark(trx, bucket, found));
  if (token !== null) {
    await writeBucketMark(store, bucket, { token, acl: s3.acl });
    return;
  }
  metrics.outOfStep();
  logger.warn(
    { bucket, found },
    "the bucket's mark is not one of this database: 'ltd-keeper doctor' says what to do",
  );
}
