import { requireBucket, type Store } from './exchange.js';
import { percentDecode } from './percent-encoding.js';
import { evaluateConditions, readConditions } from './precondition.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import type { StoredObject } from './stored-object.js';

/** The object that `x-amz-copy-source` names. Later writes do not change it. */
export type CopySource = { readonly bucket: string; readonly object: StoredObject };

/** Finds the source of a copy and checks `x-amz-copy-source-if-…`. Throws `NoSuchKey`, `PreconditionFailed`, …. */
export function findCopySource(store: Store, request: S3Request): CopySource {
  const { bucket, key } = parseCopySource(request.header('x-amz-copy-source') ?? '');
  const object = requireBucket(store, bucket).objects.get(key);
  if (object === undefined) throw new S3Error('NoSuchKey', undefined, { Key: key });
  const outcome = evaluateConditions(readConditions(request.header, 'x-amz-copy-source-'), object);
  if (outcome !== 'met') throw new S3Error('PreconditionFailed');
  return { bucket, object };
}

/** Reads `[/]<bucket>/<key>`, percent-encoded. Throws `InvalidArgument`. */
export function parseCopySource(header: string): { bucket: string; key: string } {
  const [raw = '', version] = header.split('?versionId=');
  const path = percentDecode(raw);
  const match = /^\/?([^/]+)\/(.+)$/s.exec(path);
  const [, bucket = '', key = ''] = match ?? [];
  if (match === null) {
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  if (version !== undefined && version !== 'null') {
    throw new S3Error('InvalidArgument', 'This store keeps no versions: versionId can only be null.');
  }
  return { bucket, key };
}
