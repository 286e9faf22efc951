import { DeleteObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { LtdError } from '../../domain/errors.js';
import type { DeleteRequest } from './object-store.js';
import { isRefusal, storeError } from './s3-errors.js';
import type { DeletionFailure, S3Requests } from './s3-requests.js';
import type { Send } from './s3-send.js';

/** AWS: more keys are refused as MalformedXML. */
const maxKeys = 1_000;

/** How often keys that the store could not delete for a passing reason are asked for again. */
const maxRounds = 5;

/** What a deletion needs. */
export interface Deleter {
  readonly client: S3Client;
  readonly requests: Pick<S3Requests, 'delete'>;
  readonly send: Send;
}

/**
 * Deletes up to 1,000 objects by one request. The answer is 200 also when keys failed: those that failed for a passing
 * reason are sent again, others throw, naming the first.
 */
export async function deleteObjects(deleter: Deleter, request: DeleteRequest): Promise<void> {
  if (request.keys.length > maxKeys) {
    throw new RangeError(`${request.keys.length} keys to delete at once, at most ${maxKeys} are possible`);
  }
  let left = request.keys.filter(fitsXml);
  for (let round = 1; left.length > 0; round += 1) {
    const failures = await deleteOnce(deleter, { ...request, keys: left });
    const first = failures.find(({ error }) => error.code !== 'store_unavailable') ?? failures[0];
    if (first === undefined) break;
    if (round === maxRounds || first.error.code !== 'store_unavailable') throw first.error;
    left = failures.map(({ key }) => key);
  }
  for (const key of request.keys) if (!fitsXml(key)) await deleteAlone(deleter, { ...request, key });
}

interface Failure {
  readonly key: string;
  readonly error: LtdError;
}

async function deleteOnce(
  { requests, send }: Deleter,
  { bucket, keys, gate }: DeleteRequest,
): Promise<readonly Failure[]> {
  const action = `delete ${keys.length} objects from "${keys[0] ?? ''}"`;
  const failures = await send(
    {
      action,
      bucket,
      gate,
      kind: 'write',
      cost: keys.length,
      isRefusal: (answer: readonly DeletionFailure[]) => answer.some(({ code }) => isRefusal(code)),
    },
    (deadline) => requests.delete({ bucket, keys }, deadline),
  );
  return failures.map(({ key, code, message }) => {
    const failure = Object.assign(new Error(message), { name: code });
    return { key, error: storeError(failure, { action: `delete "${key}"`, bucket }) };
  });
}

/** For keys that no XML document can name. */
async function deleteAlone(
  { client, send }: Deleter,
  { bucket, key, gate }: { bucket: string; key: string; gate: DeleteRequest['gate'] },
): Promise<void> {
  const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
  await send({ action: `delete "${key}"`, bucket, gate, kind: 'write' }, ({ signal }) =>
    client.send(command, { abortSignal: signal }),
  );
}

/** XML 1.0 has no control characters but tab and line ends, and not U+FFFE or U+FFFF, not even as references. */
function fitsXml(key: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are what the question is about
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(key);
}
