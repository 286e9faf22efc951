import { createHash, type Hash } from 'node:crypto';
import { equals, type Signing } from './authenticate.js';
import { type ByteReader, createByteReader } from './byte-reader.js';
import { S3Error } from './s3-error.js';
import { formatScope, sha256Hex, signatureOf } from './sigv4.js';

/** How to read an `aws-chunked` body. */
export type AwsChunkedOptions = {
  /** The start of the chain of signatures; undefined when chunks are not signed. */
  readonly signing: Signing | undefined;
  readonly hasTrailer: boolean;
  /** Receives the trailing headers, by lower-case name, before the iteration ends. */
  readonly onTrailers: (trailers: ReadonlyMap<string, string>) => void;
};

/** A chunk's header line: size, `;chunk-signature=` and 64 hexadecimal digits. */
const maxLineBytes = 8 * 1024;
const emptyHash = sha256Hex('');

/**
 * Decodes an `aws-chunked` body (AWS: "Signature calculations for the Authorization header: transferring payload in
 * multiple chunks", with and without trailing headers). It yields the bytes of a chunk before it can check their
 * signature: a wrong one throws `SignatureDoesNotMatch` afterwards, so use no bytes before the iteration has ended.
 */
export async function* decodeAwsChunked(
  body: AsyncIterable<Buffer>,
  options: AwsChunkedOptions,
): AsyncGenerator<Buffer> {
  const reader = createByteReader(body);
  try {
    yield* readChunks(reader, options);
  } finally {
    await reader.release();
  }
}

async function* readChunks(reader: ByteReader, options: AwsChunkedOptions): AsyncGenerator<Buffer> {
  const verifier = options.signing === undefined ? undefined : createChunkVerifier(options.signing);
  for (;;) {
    const { size, signature } = parseChunkHeader(await reader.readLine(maxLineBytes));
    const hash = verifier === undefined ? undefined : createHash('sha256');
    yield* readChunk(reader, size, hash);
    if (hash !== undefined) verifier?.verifyChunk(hash.digest('hex'), signature);
    if (size === 0) break;
    if ((await reader.readLine(maxLineBytes)) !== '')
      throw new S3Error('InvalidRequest', 'A chunk is longer than stated.');
  }
  if (options.hasTrailer) options.onTrailers(await readTrailers(reader, verifier));
  while ((await reader.readAny()) !== undefined);
}

async function* readChunk(reader: ByteReader, size: number, hash: Hash | undefined): AsyncGenerator<Buffer> {
  for (let left = size; left > 0;) {
    const bytes = await reader.readUpTo(left);
    left -= bytes.length;
    hash?.update(bytes);
    yield bytes;
  }
}

function parseChunkHeader(line: string): { size: number; signature: string | undefined } {
  const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]+))?$/.exec(line);
  if (match === null) throw new S3Error('InvalidRequest', 'The body is not well-formed aws-chunked.');
  return { size: Number.parseInt(match[1] ?? '', 16), signature: match[2] };
}

async function readTrailers(reader: ByteReader, verifier: ChunkVerifier | undefined): Promise<Map<string, string>> {
  const trailers = new Map<string, string>();
  for (let line = await reader.readLine(maxLineBytes); line !== ''; line = await reader.readLine(maxLineBytes)) {
    const colon = line.indexOf(':');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const signature = trailers.get('x-amz-trailer-signature');
  trailers.delete('x-amz-trailer-signature');
  const signed = [...trailers].map(([name, value]) => `${name}:${value}\n`).join('');
  verifier?.verifyTrailer(sha256Hex(signed), signature);
  return trailers;
}

type ChunkVerifier = {
  readonly verifyChunk: (hash: string, signature: string | undefined) => void;
  readonly verifyTrailer: (hash: string, signature: string | undefined) => void;
};

/** Each signature covers the one before it; the first covers the request's. */
function createChunkVerifier({ signingKey, scope, amzDate, signature }: Signing): ChunkVerifier {
  let previous = signature;
  const verify = (parts: readonly string[], stated: string | undefined): void => {
    const [kind = '', ...hashes] = parts;
    const stringToSign = [kind, amzDate, formatScope(scope), previous, ...hashes].join('\n');
    const expected = signatureOf(signingKey, stringToSign);
    if (!equals(expected, stated ?? '')) throw new S3Error('SignatureDoesNotMatch');
    previous = expected;
  };
  return {
    verifyChunk: (hash, stated) => {
      verify(['AWS4-HMAC-SHA256-PAYLOAD', emptyHash, hash], stated);
    },
    verifyTrailer: (hash, stated) => {
      verify(['AWS4-HMAC-SHA256-TRAILER', hash], stated);
    },
  };
}
