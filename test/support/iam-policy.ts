import type { LogEntry } from '../../dev/object-store/request-log.js';
import type { Operation } from '../../dev/object-store/operation.js';

/** A permission that a request needed: the action, and its resource. */
export interface Permission {
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
}

/** One action on one pattern of resources that a policy allows. */
export type Grant = Permission;

interface Policy {
  readonly Statement: readonly {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

/** All grants of a policy of `Allow` statements, one by one. */
export function grantsOf(policy: string): readonly Grant[] {
  const { Statement: statements } = JSON.parse(policy) as Policy;
  return statements.flatMap(({ Effect, Action, Resource }) => {
    if (Effect !== 'Allow') throw new Error('Only Allow is supported');
    return [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource })));
  });
}

/** Whether a grant covers this permission; `*` in a pattern stands for any text. */
export function isGranted({ action, resource }: Permission, grant: Grant): boolean {
  const pattern = grant.resource.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return grant.action === action && new RegExp(`^${pattern}$`, 's').test(resource);
}

/**
 * The permissions for a presigned POST to this key, whose policy sets an ACL; the store's log does not name the key.
 */
export function permissionsOfUpload(bucket: string, key: string): readonly Permission[] {
  return write.map((action) => ({ action, resource: `arn:aws:s3:::${bucket}/${key}` }));
}

/**
 * The permissions that AWS requires for an answered request ("Actions, resources, and condition keys for Amazon S3"),
 * when every write sets an ACL.
 */
export function permissionsOf({ operation, bucket = '', key, keys = [] }: LogEntry): readonly Permission[] {
  if (operation === 'Unknown') throw new Error('The store does not know the request');
  const resource = `arn:aws:s3:::${bucket}`;
  const actions = actionsOf[operation] ?? [`of ${operation}`];
  const resources = operation === 'DeleteObjects' ? keys : key === undefined ? [] : [key];
  const on = resources.length === 0 ? [resource] : resources.map((one) => `${resource}/${one}`);
  return actions.flatMap((action) => on.map((one) => ({ action, resource: one })));
}

const write = ['s3:PutObject', 's3:PutObjectAcl'];

/** A copy also reads its source, which the store does not log; a HEAD of the same object needs the same permission. */
const actionsOf: Partial<Record<Operation, readonly string[]>> = {
  ListObjectsV2: ['s3:ListBucket'],
  HeadBucket: ['s3:ListBucket'],
  ListMultipartUploads: ['s3:ListBucketMultipartUploads'],
  HeadObject: ['s3:GetObject'],
  GetObject: ['s3:GetObject'],
  PutObject: write,
  PostObject: [],
  CopyObject: write,
  CreateMultipartUpload: write,
  UploadPartCopy: ['s3:PutObject'],
  CompleteMultipartUpload: ['s3:PutObject'],
  AbortMultipartUpload: ['s3:AbortMultipartUpload'],
  DeleteObject: ['s3:DeleteObject'],
  DeleteObjects: ['s3:DeleteObject'],
};
