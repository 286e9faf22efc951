import { bucketsInUse, resyncBucket } from '../db/protocol/passes.js';
import type { DoctorDependencies } from './dependencies.js';
import { type Finding, repaired } from './finding.js';

/**
 * Has every edition looked at as one whose objects nobody knows, as is right after the database, a bucket or both were
 * restored from a copy. The runs are started by the next passes of Reconcile.
 */
export async function resync({ knex }: Pick<DoctorDependencies, 'knex'>): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const bucket of await bucketsInUse(knex)) {
    const editions = await resyncBucket(knex, bucket);
    findings.push(
      repaired(
        `bucket ${bucket}`,
        `Its ${editions} editions are looked at anew, beginning with the next pass of Reconcile.`,
      ),
    );
  }
  return findings;
}
