import { newestObject } from '../../copy-engine/list.js';
import { abandonUpload, lookAgainAt, type OpenUpload, takeUploads } from '../../db/protocol/abandon-upload.js';
import { transaction } from '../../db/transaction.js';
import { buildPrefix } from '../../domain/object-keys.js';
import { aliveSince, judgeUpload } from '../../domain/upload-life.js';
import type { ActivityDeps } from '../dependencies.js';
import type { Part } from './pass-over.js';

type Deps = Pick<ActivityDeps, 'knex' | 'store' | 'logger' | 'deletion'>;

/** The listing may be long. Milliseconds. */
const timeoutMs = 40_000;

/**
 * Marks builds as abandoned if their upload received no object for too long, a few in each pass. Safe to retry: a later
 * pass judges an upload that this one took but did not judge.
 */
export function uploadsPart(deps: Deps): Part<OpenUpload> {
  return {
    find: () => takeUploads(deps.knex, deps.deletion.abandonedUploadHours),
    idOf: null,
    work: (upload, signal) => judge(deps, upload, signal),
    timeoutMs,
  };
}

async function judge(deps: Deps, upload: OpenUpload, signal: AbortSignal): Promise<void> {
  const { buildId, bucket, productSlug, buildSlug, registered, now } = upload;
  // The database's clock, because this process's may be wrong and the verdict is final.
  const times = { now, patienceHours: deps.deletion.abandonedUploadHours };
  const verdict = judgeUpload({
    registered,
    newestObject: await newestObject(
      deps,
      { bucket, prefix: buildPrefix(productSlug, buildSlug) },
      { signal, newEnough: aliveSince(times) },
    ),
    ...times,
  });
  if (verdict.kind === 'alive') await lookAgainAt(deps.knex, buildId, verdict.lookAgain);
  else if (await transaction(deps.knex, (trx) => abandonUpload(trx, buildId)))
    deps.logger.info({ product: productSlug, build: buildSlug, build_id: buildId }, 'an upload was abandoned');
}
