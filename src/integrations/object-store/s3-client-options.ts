import type { S3Config } from '../../config/settings/object-store.js';
import type { S3ClientOptions } from './s3-client.js';

/** What the client needs of the configuration, its secrets given out. */
export function s3ClientOptions({ endpoint, region, credentials, sessionToken }: S3Config): S3ClientOptions {
  return {
    endpoint,
    region,
    credentials:
      credentials === null
        ? null
        : {
            accessKeyId: credentials.accessKeyId,
            secretAccessKey: credentials.secretAccessKey.reveal(),
            ...(sessionToken === null ? {} : { sessionToken: sessionToken.reveal() }),
          },
  };
}
