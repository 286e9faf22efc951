import type { Caller } from './authenticate.js';
import { type AwsChunkedOptions, decodeAwsChunked } from './aws-chunked.js';
import { checksumAlgorithm, checksumHeader } from './checksum.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import { checksumAlgorithms, type ChecksumAlgorithm } from './stored-object.js';

const unsignedPayload = 'UNSIGNED-PAYLOAD';

/** What headers state about a body. The store refuses a body that differs. */
export type Declarations = {
  /** Base64, of 16 bytes. */
  readonly contentMd5: string | undefined;
  /** SHA-256 in hex. */
  readonly sha256: string | undefined;
  readonly size: number | undefined;
  readonly algorithm: ChecksumAlgorithm | undefined;
  /** Base64; a trailer sets it only after the body. */
  readonly checksum: () => string | undefined;
};

export type DeclaredPayload = Declarations & { readonly bytes: AsyncIterable<Buffer> };

/**
 * Reads a request's statements about its body, and decodes the body. Throws S3's errors for statements that cannot
 * hold.
 */
export function openPayload(request: S3Request, caller: Caller): DeclaredPayload {
  const payloadHash =
    caller.kind === 'key' ? caller.payloadHash : (request.header('x-amz-content-sha256') ?? unsignedPayload);
  const trailers = new Map<string, string>();
  const algorithm = declaredAlgorithm(request);
  const chunked = chunkedOptions(payloadHash, caller, (received) => {
    for (const [name, value] of received) trailers.set(name, value);
  });
  const checksumName = algorithm === undefined ? '' : checksumHeader(algorithm);
  return {
    bytes: chunked === undefined ? request.body() : decodeAwsChunked(request.body(), chunked),
    contentMd5: request.header('content-md5'),
    sha256: /^[0-9a-f]{64}$/.test(payloadHash) ? payloadHash : undefined,
    size: declaredSize(request, chunked !== undefined),
    algorithm,
    checksum: () => request.amzHeader(checksumName) ?? trailers.get(checksumName),
  };
}

function chunkedOptions(
  payloadHash: string,
  caller: Caller,
  onTrailers: AwsChunkedOptions['onTrailers'],
): AwsChunkedOptions | undefined {
  const signing = caller.kind === 'key' ? caller.signing : undefined;
  switch (payloadHash) {
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD':
      return { signing, hasTrailer: false, onTrailers };
    case 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER':
      return { signing, hasTrailer: true, onTrailers };
    case 'STREAMING-UNSIGNED-PAYLOAD-TRAILER':
      return { signing: undefined, hasTrailer: true, onTrailers };
    default:
      if (payloadHash === unsignedPayload || /^[0-9a-f]{64}$/.test(payloadHash)) return undefined;
      throw new S3Error(
        'InvalidArgument',
        'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a streaming form or a SHA-256.',
      );
  }
}

/** The decoded length of the body. Throws when S3 requires one and the request has none. */
function declaredSize(request: S3Request, isChunked: boolean): number | undefined {
  const name = isChunked ? 'x-amz-decoded-content-length' : 'content-length';
  const stated = request.header(name);
  if (stated !== undefined && /^\d+$/.test(stated)) return Number(stated);
  if (isChunked || request.header('transfer-encoding') === undefined) throw new S3Error('MissingContentLength');
  throw new S3Error('NotImplemented', undefined, { Header: 'Transfer-Encoding' });
}

function declaredAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const trailer = request.header('x-amz-trailer')?.toLowerCase();
  const named = checksumAlgorithms.filter((algorithm) => {
    const name = checksumHeader(algorithm);
    return request.amzHeader(name) !== undefined || trailer === name;
  });
  if (named.length > 1) throw new S3Error('InvalidRequest', 'Expecting a single x-amz-checksum- header.');
  const announced = request.amzHeader('x-amz-sdk-checksum-algorithm');
  if (announced !== undefined && named[0] !== checksumAlgorithm(announced)) {
    throw new S3Error(
      'InvalidRequest',
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer ' +
        'headers were found.',
    );
  }
  return named[0];
}
