import type { S3Client } from '@aws-sdk/client-s3';
import type { S3ClientKind } from '../../config/settings/object-store.js';
import { createLeanRequests } from './lean-requests.js';
import type { S3Requests } from './s3-requests.js';
import { createSdkRequests } from './sdk-requests.js';

/** The requests that rebuilds consist of, sent as the configuration asks. */
export function chooseRequests(kind: S3ClientKind, client: S3Client): S3Requests {
  switch (kind) {
    case 'lean':
      return createLeanRequests(client);
    case 'sdk':
      return createSdkRequests(client);
    default:
      throw new TypeError(`Unknown client: ${String(kind satisfies never)}`);
  }
}
