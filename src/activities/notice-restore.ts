import { bucketsInUse, countPass, resyncBucket } from '../db/protocol/passes.js';
import { hasCode } from '../domain/errors.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'store' | 'logger' | 's3'>;

/** Where a bucket keeps the number of the last pass that it was told of, as metadata of an empty object. */
const passKey = '_keeper/pass';

/**
 * Tells every bucket the number of this pass. A bucket that knows a greater one shows that the database was restored
 * from an older copy: then all editions of the bucket are looked at again. Safe to retry: a number that is skipped means
 * nothing. A bucket that cannot be reached is told by a later pass.
 */
export function createNoticeRestore(deps: Dependencies) {
  return async (): Promise<void> => {
    const pass = await countPass(deps.knex);
    for (const bucket of await bucketsInUse(deps.knex)) {
      try {
        await tell(deps, bucket, pass);
      } catch (error) {
        deps.logger.info({ bucket, err: error }, 'a bucket could not be told of this pass');
      }
    }
  };
}

async function tell(deps: Dependencies, bucket: string, pass: number): Promise<void> {
  const { knex, store, logger, s3 } = deps;
  const known = await passKnownTo(deps, bucket);
  let told = pass;
  if (known > pass) {
    const editions = await resyncBucket(knex, bucket);
    logger.warn(
      { bucket, editions, known, pass },
      'the database is older than this bucket: all its editions are looked at',
    );
    told = await countPass(knex, known + 1);
  }
  await store.putEmpty({
    bucket,
    key: passKey,
    headers: { system: { 'cache-control': 'no-store' }, metadata: { pass: String(told) } },
    // Nobody's business but ours, unlike what is published.
    acl: s3.acl === null ? null : 'private',
    gate: () => undefined,
  });
}

async function passKnownTo({ store }: Dependencies, bucket: string): Promise<number> {
  try {
    const found = await store.head({ bucket, key: passKey });
    const number = Number(found?.headers.metadata['pass'] ?? 0);
    return Number.isSafeInteger(number) ? number : 0;
  } catch (error) {
    // A bucket that hides what is missing answers 403: then nothing is known, and writing says whether that is all.
    if (hasCode(error, 'store_access_denied')) return 0;
    throw error;
  }
}
