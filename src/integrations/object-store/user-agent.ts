import type { S3Client } from '@aws-sdk/client-s3';
import { currentRequestId } from '../../observability/request-context.js';

/**
 * What a request to the store says of itself: S3's access logs keep the user agent, and no signature covers it, so that
 * the id of the request that it is made for can be found there.
 */
export function userAgent(): string {
  const requestId = currentRequestId();
  return requestId === undefined ? 'ltd-keeper' : `ltd-keeper (request ${requestId})`;
}

/** Has the SDK's requests say the same, after what it says by itself in an earlier step. */
export function addUserAgent(client: S3Client): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { readonly headers: Record<string, string> }; // the SDK's HttpRequest
      headers['user-agent'] = `${headers['user-agent'] ?? ''} ${userAgent()}`.trim();
      return next(args);
    },
    { step: 'finalizeRequest', name: 'addUserAgent' },
  );
}
