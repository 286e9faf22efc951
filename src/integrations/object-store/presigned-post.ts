import { setImmediate } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import type { ObjectAcl } from '../../domain/object-acl.js';
import { filenameVariable, type UploadDirectory } from '../../domain/upload-directories.js';
import { uploadFormHours } from '../../domain/upload-life.js';
import { storeError } from './s3-errors.js';

/** Seconds. */
const lifetime = uploadFormHours * 3_600;

/** Signing never waits for anything, so other requests get their turn after this many directories, some 20 ms. */
const turn = 100;

/** A POST that its holder may make without credentials: the form's address and the fields to send as they are. */
export interface PresignedPost {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The uploads to allow. */
export interface UploadRequest {
  /** Of the build, kept with each object. */
  readonly surrogateKey: string;
  readonly directories: readonly UploadDirectory[];
}

/** The POSTs for a build's directories, by the directories' names. */
export interface PresignedUploads {
  /** For files: the client appends the file's name to the key, and sets `Content-Type` as it likes. */
  readonly prefixes: Readonly<Record<string, PresignedPost>>;
  /** For the empty object that redirects to the directory; sent without `Content-Type`. */
  readonly directories: Readonly<Record<string, PresignedPost>>;
}

/** Signs uploads with SigV4; nothing is sent to the store. */
export interface UploadSigner {
  /**
   * Resolves the credentials, and returns what signs with them. That asks nobody and does not fail, so a caller may
   * commit in between.
   *
   * @throws {LtdError} `store_*` where no credentials can be had, or uploads to this bucket cannot be signed.
   */
  prepare(bucket: string): Promise<SignUploads>;
}

/** Signs the uploads of one build. */
export type SignUploads = (request: UploadRequest) => Promise<PresignedUploads>;

/** What a signer works with. */
export interface UploadSignerOptions {
  readonly client: S3Client;
  /** Null: it is in neither the fields nor the policy. */
  readonly acl: ObjectAcl | null;
  /** The most bytes of one object. @default as many as the store takes */
  readonly maxBytes?: number | null;
}

/** A signer over the SDK's client. */
export function createUploadSigner(options: UploadSignerOptions): UploadSigner {
  return {
    async prepare(bucket) {
      const presign = await presignerOf(options.client, bucket);
      return async (request) => {
        const prefixes: Record<string, PresignedPost> = {};
        const directories: Record<string, PresignedPost> = {};
        for (const [index, directory] of request.directories.entries()) {
          if (index % turn === turn - 1) await setImmediate();
          prefixes[directory.name] = await presign(prefixPost(options, request, directory));
          directories[directory.name] = await presign(redirectPost(options, request, directory));
        }
        return { prefixes, directories };
      };
    },
  };
}

type PostOptions = Omit<PresignedPostOptions, 'Bucket'>;

type Presigner = (post: PostOptions) => Promise<PresignedPost>;

/**
 * Signs with the credentials of this moment. The first signature is for nobody: it fails where any other would.
 *
 * @throws {LtdError} `store_*`.
 */
async function presignerOf(client: S3Client, bucket: string): Promise<Presigner> {
  try {
    const credentials = await client.config.credentials();
    const config = { ...client.config, credentials: () => Promise.resolve(credentials) };
    const presign: Presigner = async (post) => {
      // The package reads nothing of the client but its configuration, and has the client's type from its own copy.
      const { url, fields } = await createPresignedPost({ config } as unknown as Client, {
        ...post,
        Bucket: bucket,
      });
      // The policy is checked against the bucket of the address; the SDK's extra field has no use.
      return {
        url,
        fields: Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'bucket')),
      };
    };
    await presign({ Key: 'none' });
    return presign;
  } catch (error) {
    throw storeError(error, { action: 'sign uploads', bucket });
  }
}

type Client = Parameters<typeof createPresignedPost>[0];

function prefixPost(
  { acl, maxBytes }: UploadSignerOptions,
  request: UploadRequest,
  { prefix }: UploadDirectory,
): PostOptions {
  return {
    // The SDK makes of it the condition that the key begins with the prefix.
    Key: `${prefix}${filenameVariable}`,
    Fields: uploadFields(acl, request),
    // Any type: clients add theirs after they got the fields.
    Conditions: [['starts-with', '$Content-Type', ''], ...sizeLimit(maxBytes)],
    Expires: lifetime,
  };
}

function redirectPost(
  { acl, maxBytes }: UploadSignerOptions,
  request: UploadRequest,
  { redirectKey }: UploadDirectory,
): PostOptions {
  return {
    Key: redirectKey,
    Fields: { ...uploadFields(acl, request), 'x-amz-meta-dir-redirect': 'true' },
    Conditions: sizeLimit(maxBytes),
    Expires: lifetime,
  };
}

type Conditions = NonNullable<PresignedPostOptions['Conditions']>;

function sizeLimit(maxBytes: number | null | undefined): Conditions {
  return maxBytes === null || maxBytes === undefined ? [] : [['content-length-range', 0, maxBytes]];
}

/** The fields that every upload sends; the SDK makes an exact condition of each. */
function uploadFields(acl: ObjectAcl | null, { surrogateKey }: UploadRequest): Record<string, string> {
  return {
    ...(acl === null ? {} : { acl }),
    'Cache-Control': 'max-age=31536000',
    'x-amz-meta-surrogate-key': surrogateKey,
    success_action_status: '204',
  };
}
