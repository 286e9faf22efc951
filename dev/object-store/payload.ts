import { createHash } from 'node:crypto';
import type { Caller } from './authenticate.js';
import type { BlobStore } from './blob-store.js';
import { checksumHeader, startChecksum } from './checksum.js';
import { type DeclaredPayload, type Declarations, openPayload } from './declared-payload.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import { checksumAlgorithms, type ChecksumAlgorithm, type StoredContent } from './stored-object.js';

/**
 * Stores the body of a request after it has decoded and verified it: length, `x-amz-content-sha256`, chunk signatures,
 * `Content-MD5`, `x-amz-checksum-…` as header or trailer. Throws S3's errors; the bytes then have no reference.
 */
export async function receivePayload(blobs: BlobStore, request: S3Request, caller: Caller): Promise<StoredContent> {
  return storeBytes(blobs, openPayload(request, caller));
}

/** Reads the body of a request into memory and verifies it like {@link receivePayload}. For XML and JSON. */
export async function readPayload(request: S3Request, caller: Caller): Promise<string> {
  // In HTTP a request without a stated length has no body.
  const isBodyStated = ['content-length', 'transfer-encoding'].some((name) => request.header(name) !== undefined);
  if (!isBodyStated) return '';
  const payload = openPayload(request, caller);
  const chunks: Buffer[] = [];
  const digests = createDigests(payload.algorithm);
  const sha256 = createHash('sha256');
  for await (const chunk of payload.bytes) {
    digests.update(chunk);
    sha256.update(chunk);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  verify(payload, { ...digests.digest(), sha256: sha256.digest('hex'), size: body.length });
  return body.toString('utf8');
}

async function storeBytes(blobs: BlobStore, payload: DeclaredPayload): Promise<StoredContent> {
  const digests = createDigests(payload.algorithm);
  const { blob, size } = await blobs.write(tap(payload.bytes, digests.update));
  const { md5, checksum } = digests.digest();
  verify(payload, { md5, checksum, sha256: blob, size });
  const slices = size === 0 ? [] : [{ blob, offset: 0, length: size }];
  const content = { slices, size, etag: md5.toString('hex') };
  if (payload.algorithm === undefined || checksum === undefined) return content;
  return { ...content, checksum: { algorithm: payload.algorithm, value: checksum, type: 'FULL_OBJECT' } };
}

async function* tap(bytes: AsyncIterable<Buffer>, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    see(chunk);
    yield chunk;
  }
}

type Digests = { readonly md5: Buffer; readonly checksum: string | undefined };

function createDigests(algorithm: ChecksumAlgorithm | undefined): {
  update: (chunk: Buffer) => void;
  digest: () => Digests;
} {
  const md5 = createHash('md5');
  const checksum = algorithm === undefined ? undefined : startChecksum(algorithm);
  return {
    update: (chunk) => {
      md5.update(chunk);
      checksum?.update(chunk);
    },
    digest: () => ({ md5: md5.digest(), checksum: checksum?.digest() }),
  };
}

function verify(declared: Declarations, actual: Digests & { sha256: string; size: number }): void {
  if (declared.size !== undefined && declared.size !== actual.size) throw new S3Error('IncompleteBody');
  if (declared.sha256 !== undefined && declared.sha256 !== actual.sha256) {
    throw new S3Error('XAmzContentSHA256Mismatch', undefined, {
      ClientComputedContentSHA256: declared.sha256,
      S3ComputedContentSHA256: actual.sha256,
    });
  }
  if (declared.contentMd5 !== undefined) {
    const md5 = Buffer.from(declared.contentMd5, 'base64');
    if (md5.length !== 16) throw new S3Error('InvalidDigest');
    if (!md5.equals(actual.md5))
      throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (declared.algorithm === undefined) return;
  const { algorithm } = declared;
  const stated = declared.checksum();
  if (stated === undefined) {
    throw new S3Error(
      'MalformedTrailerError',
      `The request announces ${checksumHeader(algorithm)} and does not carry it.`,
    );
  }
  if (stated === actual.checksum) return;
  throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

/** Stores the file of a browser form, checked against the form's `Content-MD5` and checksum fields. */
export async function storeFormFile(
  blobs: BlobStore,
  bytes: AsyncIterable<Buffer>,
  fields: ReadonlyMap<string, string>,
): Promise<StoredContent> {
  const algorithm = checksumAlgorithms.find((candidate) => fields.has(checksumHeader(candidate)));
  return storeBytes(blobs, {
    bytes,
    algorithm,
    contentMd5: fields.get('content-md5'),
    sha256: undefined,
    size: undefined,
    checksum: () => (algorithm === undefined ? undefined : fields.get(checksumHeader(algorithm))),
  });
}
