import { S3Error } from './s3-error.js';

/** Every operation of the store, by its name in S3. */
export const operations = [
  'AbortMultipartUpload',
  'CompleteMultipartUpload',
  'CopyObject',
  'CreateBucket',
  'CreateMultipartUpload',
  'DeleteBucket',
  'DeleteBucketPolicy',
  'DeleteObject',
  'DeleteObjects',
  'GetBucketLocation',
  'GetBucketPolicy',
  'GetObject',
  'GetObjectAcl',
  'HeadBucket',
  'HeadObject',
  'ListBuckets',
  'ListMultipartUploads',
  'ListObjects',
  'ListObjectsV2',
  'ListParts',
  'PostObject',
  'PutBucketPolicy',
  'PutObject',
  'PutObjectAcl',
  'UploadPart',
  'UploadPartCopy',
] as const;

/** The name of an operation. */
export type Operation = (typeof operations)[number];

/** The properties of a request that select its operation. */
export type OperationTraits = {
  readonly method: string;
  readonly scope: 'service' | 'bucket' | 'object';
  readonly hasQuery: (name: string) => boolean;
  readonly isListV2: boolean;
  readonly isCopy: boolean;
};

/** Sub-resources of S3 that the store refuses, so that it does not mistake them for a plain GET or PUT. */
const unservedResources = [
  'accelerate',
  'analytics',
  'attributes',
  'cors',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'lifecycle',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'requestPayment',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
  'versionId',
  'versioning',
  'versions',
  'website',
];

/** Returns the operation. Throws `MethodNotAllowed` or `NotImplemented`. */
export function operationOf(traits: OperationTraits): Operation {
  const unserved = unservedResources.find((name) => traits.hasQuery(name));
  if (unserved !== undefined) throw new S3Error('NotImplemented', `This store does not serve ?${unserved}.`);
  const operation = operationOfScope[traits.scope](traits);
  if (operation === undefined) throw new S3Error('MethodNotAllowed');
  return operation;
}

const operationOfScope = {
  service: ({ method }: OperationTraits): Operation | undefined => (method === 'GET' ? 'ListBuckets' : undefined),
  bucket: bucketOperation,
  object: objectOperation,
};

function bucketOperation({ method, hasQuery, isListV2 }: OperationTraits): Operation | undefined {
  switch (method) {
    case 'GET':
      if (hasQuery('location')) return 'GetBucketLocation';
      if (hasQuery('policy')) return 'GetBucketPolicy';
      if (hasQuery('uploads')) return 'ListMultipartUploads';
      return isListV2 ? 'ListObjectsV2' : 'ListObjects';
    case 'HEAD':
      return 'HeadBucket';
    case 'PUT':
      return hasQuery('policy') ? 'PutBucketPolicy' : 'CreateBucket';
    case 'DELETE':
      return hasQuery('policy') ? 'DeleteBucketPolicy' : 'DeleteBucket';
    case 'POST':
      return hasQuery('delete') ? 'DeleteObjects' : 'PostObject';
    default:
      return undefined;
  }
}

function objectOperation({ method, hasQuery, isCopy }: OperationTraits): Operation | undefined {
  switch (method) {
    case 'GET':
      if (hasQuery('uploadId')) return 'ListParts';
      return hasQuery('acl') ? 'GetObjectAcl' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'PUT':
      if (hasQuery('uploadId')) return isCopy ? 'UploadPartCopy' : 'UploadPart';
      if (hasQuery('acl')) return 'PutObjectAcl';
      return isCopy ? 'CopyObject' : 'PutObject';
    case 'DELETE':
      return hasQuery('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      if (hasQuery('uploads')) return 'CreateMultipartUpload';
      return hasQuery('uploadId') ? 'CompleteMultipartUpload' : undefined;
    default:
      return undefined;
  }
}
