import { checkPolicy } from '../bucket-policy.js';
import { bucketOf, type Exchange, type S3Response } from '../exchange.js';
import { readPayload } from '../payload.js';
import { S3Error } from '../s3-error.js';

/** PutBucketPolicy. */
export async function putBucketPolicy(exchange: Exchange): Promise<S3Response> {
  const { store, request, caller } = exchange;
  const policy = await readPayload(request, caller);
  checkPolicy(policy);
  const { settings } = bucketOf(exchange);
  store.catalog.commit({ type: 'bucket', bucket: settings.name, settings: { ...settings, policy } });
  return { status: 204 };
}

/** GetBucketPolicy. */
export function getBucketPolicy(exchange: Exchange): S3Response {
  const { policy, name } = bucketOf(exchange).settings;
  if (policy === undefined) throw new S3Error('NoSuchBucketPolicy', undefined, { BucketName: name });
  return { status: 200, headers: { 'content-type': 'application/json' }, body: policy };
}

/** DeleteBucketPolicy: 204 also when there is none. */
export function deleteBucketPolicy(exchange: Exchange): S3Response {
  const { policy, ...settings } = bucketOf(exchange).settings;
  if (policy !== undefined) exchange.store.catalog.commit({ type: 'bucket', bucket: settings.name, settings });
  return { status: 204 };
}
