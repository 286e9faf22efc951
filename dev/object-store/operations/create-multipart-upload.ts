import { randomUUID } from 'node:crypto';
import { bucketOf, type Exchange, keyOf, type S3Response, timestamp } from '../exchange.js';
import { uploadChecksum } from '../multipart-checksum.js';
import { element, xmlDocument } from '../xml.js';
import { requestProperties } from './put-object.js';

/** CreateMultipartUpload: keeps the object's properties, and returns an upload id. */
export function createMultipartUpload(exchange: Exchange): S3Response {
  const { store, request } = exchange;
  const key = keyOf(request);
  const bucket = bucketOf(exchange);
  const properties = requestProperties(request, bucket);
  const checksum = uploadChecksum(
    request.amzHeader('x-amz-checksum-algorithm'),
    request.amzHeader('x-amz-checksum-type'),
  );
  const { name } = bucket.settings;
  const upload = { id: randomUUID(), key, started: timestamp(store), properties };
  store.catalog.commit({
    type: 'upload',
    bucket: name,
    upload: checksum === undefined ? upload : { ...upload, checksum },
  });
  const inner = element('Bucket', name) + element('Key', key) + element('UploadId', upload.id);
  return {
    status: 200,
    headers: {
      'content-type': 'application/xml',
      ...(checksum && {
        'x-amz-checksum-algorithm': checksum.algorithm,
        'x-amz-checksum-type': checksum.type,
      }),
    },
    body: xmlDocument('InitiateMultipartUploadResult', inner),
  };
}
