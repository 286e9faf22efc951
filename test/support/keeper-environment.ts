import type { TestKeeper } from './keeper.js';

/** The settings with which another program uses the keeper's database, store and Temporal. */
export function keeperEnvironment({ database, temporal, bucket }: TestKeeper): Record<string, string> {
  return {
    LTD_KEEPER_PROFILE: 'testing',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    AWS_ENDPOINT_URL_S3: bucket.endpoint,
    AWS_REGION: bucket.region,
    AWS_ACCESS_KEY_ID: bucket.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: bucket.credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: 'true',
    // Tests count the bucket's requests of copies alone.
    LTD_MANIFEST_SLOTS: '0',
  };
}
