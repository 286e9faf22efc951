import { bucketOf, type Exchange, type S3Response, timestamp, xmlResponse } from '../exchange.js';
import { readPayload } from '../payload.js';
import { S3Error } from '../s3-error.js';
import { element, xmlDocument } from '../xml.js';

/** S3's rule for names of general purpose buckets, as far as the store needs it. */
const bucketNamePattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function isBucketName(name: string): boolean {
  return bucketNamePattern.test(name) && !name.includes('..');
}

/** CreateBucket. `x-amz-object-ownership: BucketOwnerEnforced` disables ACLs; without it they work. */
export async function createBucket(exchange: Exchange): Promise<S3Response> {
  const { store, request, caller } = exchange;
  await readPayload(request, caller);
  const name = request.target.bucket ?? '';
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', undefined, { BucketName: name });
  if (store.catalog.bucket(name) !== undefined) {
    // Only in us-east-1 may an owner create a bucket again (AWS: CreateBucket).
    if (store.region !== 'us-east-1') throw new S3Error('BucketAlreadyOwnedByYou', undefined, { BucketName: name });
    return { status: 200, headers: { location: `/${name}` } };
  }
  const aclsDisabled = request.header('x-amz-object-ownership') === 'BucketOwnerEnforced';
  store.catalog.commit({
    type: 'bucket',
    bucket: name,
    settings: { name, created: timestamp(store), aclsDisabled },
  });
  return { status: 200, headers: { location: `/${name}` } };
}

/** HeadBucket. */
export function headBucket(exchange: Exchange): S3Response {
  bucketOf(exchange);
  return { status: 200, headers: { 'x-amz-bucket-region': exchange.store.region } };
}

/** DeleteBucket: only an empty one. */
export function deleteBucket(exchange: Exchange): S3Response {
  const { objects, settings } = bucketOf(exchange);
  if (objects.size > 0) throw new S3Error('BucketNotEmpty', undefined, { BucketName: settings.name });
  exchange.store.catalog.commit({ type: 'bucket-deleted', bucket: settings.name });
  return { status: 204 };
}

/** ListBuckets. */
export function listBuckets({ store }: Exchange): S3Response {
  const buckets = store.catalog
    .buckets()
    .map(({ settings }) => settings)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, created }) => {
      const date = element('CreationDate', new Date(created).toISOString());
      return `<Bucket>${element('Name', name)}${date}</Bucket>`;
    });
  const owner = '<Owner><ID>owner</ID><DisplayName>owner</DisplayName></Owner>';
  return xmlResponse(xmlDocument('ListAllMyBucketsResult', `${owner}<Buckets>${buckets.join('')}</Buckets>`));
}

/** GetBucketLocation: empty for us-east-1 (AWS: GetBucketLocation). */
export function getBucketLocation(exchange: Exchange): S3Response {
  bucketOf(exchange);
  const { region } = exchange.store;
  return xmlResponse(xmlDocument('LocationConstraint', region === 'us-east-1' ? '' : region));
}
