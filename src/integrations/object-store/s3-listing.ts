import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { LtdError } from '../../domain/errors.js';
import type { ListedObject, ListedPage } from './object-store.js';

/** What we read of an answer of ListObjectsV2, in the SDK's words. */
export type ListAnswer = Pick<
  ListObjectsV2CommandOutput,
  'EncodingType' | 'Contents' | 'IsTruncated' | 'NextContinuationToken'
>;

/**
 * A page of our port from an answer of ListObjectsV2.
 *
 * @throws {LtdError} `store_unavailable` for an answer that cannot be one: an object without its size, ETag or date, a
 * truncated page that does not say how to go on.
 */
export function listedPage(output: ListAnswer): ListedPage {
  const decode = output.EncodingType === 'url' ? decodeKey : (key: string): string => key;
  const objects = (output.Contents ?? []).map(({ Key, ETag, Size, LastModified }): ListedObject => {
    if (Key === undefined || ETag === undefined || Size === undefined || LastModified === undefined) {
      throw new LtdError('store_unavailable', `The object store listed "${Key ?? ''}" without its size, ETag or date`);
    }
    return { key: decode(Key), etag: plainEtag(ETag), size: Size, modifiedAt: LastModified.getTime() };
  });
  if (output.IsTruncated !== true) return { objects, next: null };
  if (output.NextContinuationToken === undefined) {
    throw new LtdError('store_unavailable', 'The object store cut a listing short and gave no way to go on');
  }
  return { objects, next: output.NextContinuationToken };
}

/** An ETag without its quotes. */
export function plainEtag(etag: string): string {
  const start = etag.startsWith('W/') ? 3 : 1;
  return etag.length > start && etag[start - 1] === '"' && etag.endsWith('"') ? etag.slice(start, -1) : etag;
}

/** `encoding-type=url` writes a space as `+` (AWS) or `%20` (others), and a plus sign always as `%2B`. */
function decodeKey(key: string): string {
  if (!/[%+]/.test(key)) return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw new LtdError('store_rejected', `The object store listed a key that is not UTF-8: ${key}`, {
      cause: error,
    });
  }
}
