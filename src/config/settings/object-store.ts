import { objectAcls } from '../../domain/object-acl.js';
import { flag, integer, oneOf, secretText, serving, text, url, type ValuesOf } from '../setting.js';

/** What sends the requests of rebuilds: our own client, or the AWS SDK. */
export const s3Clients = ['lean', 'sdk'] as const;

const mebibyte = 1024 ** 2;

/** The most that S3 takes in one POST. */
const maxPostBytes = 5 * 1024 * mebibyte;

/** Settings of the buckets. */
export const objectStoreSettings = {
  AWS_REGION: {
    parser: text.optional(),
    usedBy: serving,
    meaning: 'The region of the buckets. Without it the AWS SDK looks for one (below).',
  },
  AWS_ACCESS_KEY_ID: {
    parser: text.optional(),
    usedBy: serving,
    secret: true,
    alias: 'LTD_KEEPER_AWS_ID',
    togetherWith: 'AWS_SECRET_ACCESS_KEY',
    meaning: 'Credentials of the object store. Without them the AWS SDK looks for some (below).',
  },
  AWS_SECRET_ACCESS_KEY: {
    parser: secretText.optional(),
    usedBy: serving,
    secret: true,
    alias: 'LTD_KEEPER_AWS_SECRET',
    meaning: 'The key of these credentials.',
  },
  AWS_SESSION_TOKEN: {
    parser: secretText.optional(),
    usedBy: serving,
    secret: true,
    meaning: 'The session token of temporary credentials.',
  },
  AWS_ENDPOINT_URL_S3: {
    parser: url.optional(),
    usedBy: serving,
    meaning: "The endpoint of an object store other than AWS's.",
  },
  AWS_ENDPOINT_URL: {
    parser: url.optional(),
    usedBy: serving,
    meaning: 'The same, if the more specific one is not set.',
  },
  LTD_S3_ACL: {
    parser: oneOf(['none', ...objectAcls]).default('public-read'),
    usedBy: serving,
    meaning:
      'The canned ACL of every object that the service writes or clients upload. `none` for buckets ' +
      'whose ACLs are disabled, as in new AWS buckets.',
  },
  LTD_DIRECTORY_REDIRECTS: {
    parser: flag.default(true),
    usedBy: ['worker'],
    meaning: 'Whether editions and dashboards get the empty objects that make the CDN redirect `/dir` to `/dir/`.',
  },
  LTD_UPLOAD_MAX_BYTES: {
    parser: integer(1, maxPostBytes).optional(),
    usedBy: ['api'],
    meaning:
      'The most bytes of one uploaded object, 1 to 5368709120 (5 GiB, the most of one POST to S3). The ' +
      'store refuses a larger one. Without it the store decides.',
  },
  LTD_S3_CLIENT: {
    parser: oneOf(s3Clients).default('lean'),
    usedBy: ['worker'],
    meaning:
      'What sends copies, listings, HEADs and deletions: `lean`, our own client, or `sdk`, the AWS SDK. ' +
      'They do the same; a copy costs the SDK some seven times the CPU.',
  },
  LTD_S3_MAX_CONCURRENCY: {
    parser: integer(1, 4096).default(512),
    usedBy: ['worker'],
    meaning:
      'The most requests of one worker in flight to the object store, reads and writes each, 1 to 4096. ' +
      'The worker finds by itself how many the store takes.',
  },
} as const;

/** Where the buckets are. What is null is left to the AWS SDK's own resolution. */
export function objectStoreConfig(set: ValuesOf<typeof objectStoreSettings>) {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = set;
  return {
    s3: {
      endpoint: set.AWS_ENDPOINT_URL_S3 ?? set.AWS_ENDPOINT_URL ?? null,
      region: set.AWS_REGION ?? null,
      credentials: accessKeyId !== undefined && secretAccessKey !== undefined ? { accessKeyId, secretAccessKey } : null,
      sessionToken: set.AWS_SESSION_TOKEN ?? null,
      /** Of every object that is written; null for buckets whose ACLs are disabled. */
      acl: set.LTD_S3_ACL === 'none' ? null : set.LTD_S3_ACL,
      directoryRedirects: set.LTD_DIRECTORY_REDIRECTS,
      /** Of one uploaded object; null: the store decides. */
      uploadMaxBytes: set.LTD_UPLOAD_MAX_BYTES ?? null,
      client: set.LTD_S3_CLIENT,
      maxConcurrency: set.LTD_S3_MAX_CONCURRENCY,
    },
  };
}

/** Where the buckets are, and how the service writes to them. */
export type S3Config = ReturnType<typeof objectStoreConfig>['s3'];

/** What sends the requests of rebuilds. */
export type S3ClientKind = S3Config['client'];
