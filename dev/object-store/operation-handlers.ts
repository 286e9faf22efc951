import type { OperationHandler } from './exchange.js';
import type { Operation } from './operation.js';
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  headBucket,
  listBuckets,
} from './operations/buckets.js';
import { copyObject } from './operations/copy-object.js';
import { deleteObject } from './operations/delete-object.js';
import { deleteObjects } from './operations/delete-objects.js';
import { getObject } from './operations/get-object.js';
import { listObjectsV1, listObjectsV2 } from './operations/list-objects.js';
import { putObject } from './operations/put-object.js';
import { S3Error } from './s3-error.js';

const notYet: OperationHandler = () => {
  throw new S3Error('NotImplemented');
};

/** Who serves what. */
export const OPERATION_HANDLERS: Readonly<Record<Operation, OperationHandler>> = {
  AbortMultipartUpload: notYet,
  CompleteMultipartUpload: notYet,
  CopyObject: copyObject,
  CreateBucket: createBucket,
  CreateMultipartUpload: notYet,
  DeleteBucket: deleteBucket,
  DeleteBucketPolicy: notYet,
  DeleteObject: deleteObject,
  DeleteObjects: deleteObjects,
  GetBucketLocation: getBucketLocation,
  GetBucketPolicy: notYet,
  GetObject: getObject,
  GetObjectAcl: notYet,
  HeadBucket: headBucket,
  HeadObject: getObject,
  ListBuckets: listBuckets,
  ListMultipartUploads: notYet,
  ListObjects: listObjectsV1,
  ListObjectsV2: listObjectsV2,
  ListParts: notYet,
  PostObject: notYet,
  PutBucketPolicy: notYet,
  PutObject: putObject,
  PutObjectAcl: notYet,
  UploadPart: notYet,
  UploadPartCopy: notYet,
};
