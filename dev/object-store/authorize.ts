import type { Caller } from './authenticate.js';
import { allowsAnybody } from './bucket-policy.js';
import type { Bucket } from './catalog.js';
import { bucketOf, type Store } from './exchange.js';
import type { Operation } from './operation.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';

/** The permission that each operation needs, for operations that a policy can grant to everybody. */
const grantableActions: Partial<Record<Operation, string>> = {
  GetObject: 's3:GetObject',
  HeadObject: 's3:GetObject',
  PutObject: 's3:PutObject',
  DeleteObject: 's3:DeleteObject',
  ListObjects: 's3:ListBucket',
  ListObjectsV2: 's3:ListBucket',
  HeadBucket: 's3:ListBucket',
};

/**
 * Allows a caller with a key everything, and others what the bucket's policy or the object's ACL grants. Throws
 * `AccessDenied`, also for a missing object unless the caller may list the bucket (AWS: GetObject, "Permissions").
 */
export function authorize(store: Store, request: S3Request, caller: Caller): void {
  // A browser form carries its signature in its body; the operation checks it.
  if (caller.kind === 'key' || request.operation === 'PostObject') return;
  const action = grantableActions[request.operation];
  if (action === undefined) throw new S3Error('AccessDenied');
  const bucket = bucketOf({ store, request });
  if (!isPublic(bucket, action, request.target.key)) throw new S3Error('AccessDenied');
}

function isPublic({ settings, objects }: Bucket, action: string, key: string | undefined): boolean {
  const allows = (permission: string, path: string): boolean =>
    allowsAnybody(settings.policy, permission, `arn:aws:s3:::${settings.name}${path}`);
  if (key === undefined) return allows(action, '');
  const isReading = action === 's3:GetObject';
  const object = objects.get(key);
  if (isReading && object === undefined) return allows(action, `/${key}`) && allows('s3:ListBucket', '');
  const isPublicByAcl = isReading && !settings.aclsDisabled && (object?.acl.startsWith('public-read') ?? false);
  return isPublicByAcl || allows(action, `/${key}`);
}
