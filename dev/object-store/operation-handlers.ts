import type { OperationHandler } from './exchange.js';
import type { Operation } from './operation.js';
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from './operations/buckets.js';
import { deleteBucketPolicy, getBucketPolicy, putBucketPolicy } from './operations/bucket-policy.js';
import { completeMultipartUpload } from './operations/complete-multipart-upload.js';
import { copyObject } from './operations/copy-object.js';
import { createMultipartUpload } from './operations/create-multipart-upload.js';
import { deleteObject } from './operations/delete-object.js';
import { deleteObjects } from './operations/delete-objects.js';
import { getObject } from './operations/get-object.js';
import { listObjectsV1, listObjectsV2 } from './operations/list-objects.js';
import { abortMultipartUpload, listMultipartUploads, listParts } from './operations/list-multipart.js';
import { getObjectAcl, putObjectAcl } from './operations/object-acl.js';
import { postObject } from './operations/post-object.js';
import { putObject } from './operations/put-object.js';
import { uploadPart, uploadPartCopy } from './operations/upload-part.js';

/** The handler of each operation. */
export const operationHandlers: Readonly<Record<Operation, OperationHandler>> = {
  AbortMultipartUpload: abortMultipartUpload,
  CompleteMultipartUpload: completeMultipartUpload,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: createMultipartUpload,
  DeleteBucket: deleteBucket,
  DeleteBucketPolicy: deleteBucketPolicy,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  GetBucketLocation: getBucketLocation,
  GetBucketPolicy: getBucketPolicy,
  GetObject: getObject,
  GetObjectAcl: getObjectAcl,
  HeadBucket: headBucket,
  HeadObject: getObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: listMultipartUploads,
  ListObjects: listObjectsV1,
  ListObjectsV2: listObjectsV2,
  ListParts: listParts,
  PostObject: postObject,
  PutBucketPolicy: putBucketPolicy,
  PutObject: putObject,
  PutObjectAcl: putObjectAcl,
  UploadPart: uploadPart,
  UploadPartCopy: uploadPartCopy,
};
