import { issueMark } from '../db/protocol/bucket-marks.js';
import { bucketsInUse, resyncBucket } from '../db/protocol/passes.js';
import { transaction } from '../db/transaction.js';
import { unknownMark } from '../domain/bucket-mark.js';
import { hasCode } from '../domain/errors.js';
import { readBucketMark, writeBucketMark } from '../integrations/object-store/bucket-mark-object.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'store' | 'logger' | 's3'>;

/**
 * Puts a new mark into every bucket. A bucket that holds one which the database did not give out, or has forgotten, shows
 * that it or the database was restored from an older copy: then all its editions are looked at again. Safe to retry: a
 * mark that is given out and not put means nothing. A bucket that cannot be reached is marked by a later pass.
 */
export function createNoticeRestore(deps: Dependencies) {
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

async function markBucket({ knex, store, logger, s3 }: Dependencies, bucket: string): Promise<void> {
  const found = await readBucketMark(store, bucket).catch((error: unknown) => {
    // A bucket that hides what is missing answers 403: then nothing is known, and writing says whether that is all.
    if (hasCode(error, 'store_access_denied')) return unknownMark;
    throw error;
  });
  const issue = (resynced: boolean) =>
    transaction(knex, (trx) => issueMark(trx, bucket, { found, resynced }));
  let mark = await issue(false);
  if (mark === null) {
    const editions = await resyncBucket(knex, bucket);
    mark = await issue(true);
    logger.warn(
      { bucket, editions, found: found?.pass ?? null },
      'this bucket or the database was restored from an older copy: all editions of the bucket are looked at',
    );
  }
  if (mark !== null) await writeBucketMark(store, bucket, { mark, acl: s3.acl });
}
