import { randomUUID } from 'node:crypto';
import { bucketsInUse, givenMarks } from '../db/protocol/buckets.js';
import { isInStep, isUnwritten } from '../domain/bucket-mark.js';
import type { ObjectHeaders } from '../domain/object-headers.js';
import { failureMessage } from '../process/failure-message.js';
import { readBucketMark } from '../integrations/object-store/bucket-mark-object.js';
import type { HeadObject, ObjectStore } from '../integrations/object-store/object-store.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, warning } from './finding.js';
import { judgeClock } from './check-database.js';

type Deps = Pick<DoctorDeps, 'knex' | 'store' | 'config'>;

/** Below it is nothing but what this puts there, and takes away again. */
const probePrefix = '_keeper/doctor/';

const probeHeaders: ObjectHeaders = { system: { 'cache-control': 'no-store' }, metadata: {} };

const anytime = (): void => undefined;

/** Can the service do in each bucket of a product what publications need? */
export async function checkBuckets(deps: Deps): Promise<readonly Finding[]> {
  const buckets = await bucketsInUse(deps.knex);
  if (buckets.length === 0) return [ok('buckets', 'There is no product yet, so no bucket to look at.')];
  return (await Promise.all(buckets.map(({ bucket }) => checkBucket(deps, bucket)))).flat();
}

async function checkBucket(deps: Deps, bucket: string): Promise<readonly Finding[]> {
  const name = `bucket ${bucket}`;
  try {
    await deps.store.checkBucket({ bucket });
  } catch (error) {
    return [failure(name, failureMessage(error), mendBucket)];
  }
  const { refusals, writtenAt } = await probe(deps, bucket);
  const clock = writtenAt === null ? [] : [judgeClock(`${name} clock`, writtenAt, new Date())];
  const further = [...clock, ...(await checkStep(deps, bucket))];
  return refusals.length === 0
    ? [ok(name, 'Objects can be listed, written, looked at, copied and deleted.'), ...further]
    : [...refusals.map((refusal) => failure(name, refusal, mendRights)), ...further];
}

const mendBucket = 'Mend what it says, or correct bucket_name of the products that name it.';
const mendRights = "See 'Which rights the service needs' in docs/operations.md.";

/** Are bucket and database of the same time? */
async function checkStep({ knex, store }: Deps, bucket: string): Promise<readonly Finding[]> {
  const name = `bucket ${bucket}`;
  try {
    const before = await givenMarks(knex, bucket);
    const found = await readBucketMark(store, bucket);
    // A pass that was made meanwhile has given out another.
    const after = await givenMarks(knex, bucket);
    if (!isInStep(before, found) && !isInStep(after, found)) return [failure(name, notInStep, mendStep)];
    return isUnwritten(before, found) ? [warning(name, 'Its mark could not be written.', mendRights)] : [];
  } catch (error) {
    return [failure(name, failureMessage(error), mendRights)];
  }
}

const notInStep =
  'Its mark (_keeper/pass) is not one that this database gave out last, or is gone: this bucket or the ' +
  'database was restored from an older copy, or another installation publishes to this bucket, too.';
const mendStep =
  "After a restore, or where the other installation is gone: 'ltd-keeper doctor --resync' " +
  '(docs/backup.md). Else give each installation buckets of its own.';

interface Probed {
  /** What could not be done, and why. */
  readonly refusals: readonly string[];
  /** When the store says that the probe was written; null where that is not known. */
  readonly writtenAt: Date | null;
}

/** Does each thing once, to objects of its own. */
async function probe({ store, config }: Deps, bucket: string): Promise<Probed> {
  const prefix = `${probePrefix}${randomUUID()}/`;
  const [key, copyKey] = [`${prefix}probe`, `${prefix}copy`];
  const object = { bucket, key, headers: probeHeaders, acl: config.s3.acl, gate: anytime };
  const refusals: string[] = [];
  const tried = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      refusals.push(failureMessage(error));
      return undefined;
    }
  };
  const isWritten = await tried(() => store.putEmpty(object).then(() => true));
  const listed = await tried(() => store.listPage({ bucket, prefix }));
  if (isWritten === true) {
    const found = await tried(() => store.head({ bucket, key }));
    if (found) await tried(() => copyProbe(store, { ...object, copyKey, found }));
    await tried(() => store.deleteMany({ bucket, keys: [key, copyKey], gate: anytime }));
  }
  const modifiedAt = listed?.objects[0]?.modifiedAt;
  return { refusals, writtenAt: modifiedAt === undefined ? null : new Date(modifiedAt) };
}

interface ProbeCopy {
  readonly bucket: string;
  readonly key: string;
  readonly copyKey: string;
  readonly acl: DoctorDeps['config']['s3']['acl'];
  readonly found: HeadObject;
}

async function copyProbe(store: ObjectStore, { bucket, key, copyKey, acl, found }: ProbeCopy): Promise<void> {
  await store.copy({
    bucket,
    sourceKey: key,
    destinationKey: copyKey,
    source: found,
    headers: probeHeaders,
    acl,
    gate: anytime,
  });
}
