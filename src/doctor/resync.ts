import { adoptMark, bucketsInUse, resyncBucket } from '../db/protocol/buckets.js';
import { transaction } from '../db/transaction.js';
import { failureMessage } from '../process/failure-message.js';
import { readBucketMark } from '../integrations/object-store/bucket-mark-object.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, repaired } from './finding.js';

type Deps = Pick<DoctorDeps, 'knex' | 'store'>;

/**
 * Has every edition looked at as one whose objects nobody knows, as is right after the database, a bucket or both were
 * restored from a copy, and takes the mark of each bucket as it is. The next passes of Reconcile start the runs.
 */
export async function resync(deps: Deps): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { bucket } of await bucketsInUse(deps.knex)) findings.push(...(await resyncOne(deps, bucket)));
  return findings;
}

async function resyncOne({ knex, store }: Deps, bucket: string): Promise<readonly Finding[]> {
  const name = `bucket ${bucket}`;
  const editions = await resyncBucket(knex, bucket);
  const resynced = repaired(
    name,
    `Its ${editions} editions are looked at anew, beginning with the next pass of Reconcile.`,
  );
  try {
    const found = await readBucketMark(store, bucket);
    await transaction(knex, (trx) => adoptMark(trx, bucket, found));
    return [resynced];
  } catch (error) {
    const again = "Mend what it says, and run 'ltd-keeper doctor --resync' again.";
    return [resynced, failure(name, failureMessage(error), again)];
  }
}
