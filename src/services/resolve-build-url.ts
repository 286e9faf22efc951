import type { Knex } from 'knex';
import type { Build } from '../db/models/build.js';
import { lockBuild } from '../db/queries/builds.js';
import { buildUrl, invalidBuildUrlMessage, readBuildUrl } from '../domain/urls.js';
import { LtdError } from '../domain/errors.js';

/**
 * Locks and returns the build of a `build_url`. The caller holds the product's lock, and locks editions afterwards.
 *
 * @throws {LtdError} `invalid` for another host, another resource, an unknown build, or a build of another product.
 */
export async function resolveBuildUrl(
  trx: Knex.Transaction,
  { url, baseUrl, productId }: { readonly url: string; readonly baseUrl: string; readonly productId: number },
): Promise<Build> {
  const reading = readBuildUrl(url, baseUrl);
  if (reading.kind === 'invalid') throw new LtdError('invalid', reading.message);
  const build = await lockBuild(trx, reading.id);
  if (build?.product_id !== productId) throw new LtdError('invalid', invalidBuildUrlMessage(url));
  return build;
}

/**
 * Refuses a build that no edition may publish.
 *
 * @throws {LtdError} `invalid` for an abandoned, deprecated or incomplete build.
 */
export function assertPublishable(build: Build, baseUrl: string): void {
  assertNotAbandoned(build, baseUrl);
  if (!build.uploaded) throw new LtdError('invalid', `Build has not been uploaded: ${buildUrl(baseUrl, build.id)}`);
  if (build.date_ended !== null) throw new LtdError('invalid', `Build was deprecated: ${buildUrl(baseUrl, build.id)}`);
}

/**
 * Refuses a build whose upload was abandoned, which is final.
 *
 * @throws {LtdError} `invalid`.
 */
export function assertNotAbandoned(build: Pick<Build, 'id' | 'abandoned_at'>, baseUrl: string): void {
  if (build.abandoned_at !== null)
    throw new LtdError(
      'invalid',
      `Build was abandoned: ${buildUrl(baseUrl, build.id)}. Its upload stood still for too long: register ` +
        'a new build and upload that.',
    );
}
