import { DeleteObjectCommand, DeleteObjectsCommand, type S3Client } from '@aws-sdk/client-s3';
import type { KeeperError } from '../../domain/errors.js';
import type { DeleteRequest } from './object-store.js';
import { storeError } from './s3-errors.js';
import type { Send } from './s3-send.js';

/** AWS: more keys are refused as MalformedXML. */
const mostKeys = 1_000;

/** How often keys that the store could not delete for a passing reason are asked for again. */
const mostRounds = 5;

/**
 * Deletes up to 1,000 objects by one request. The answer is 200 also when keys failed: those that failed for a passing
 * reason are sent again, others throw, naming the first.
 */
export async function deleteObjects(client: S3Client, send: Send, request: DeleteRequest): Promise<void> {
  if (request.keys.length > mostKeys) {
    throw new RangeError(`${request.keys.length} keys to delete at once, at most ${mostKeys} are possible`);
  }
  let left = request.keys.filter(fitsXml);
  for (let round = 1; left.length > 0; round += 1) {
    const failures = await deleteOnce(client, send, { ...request, keys: left });
    const first = failures.find(({ error }) => error.code !== 'store_unavailable') ?? failures[0];
    if (first === undefined) break;
    if (round === mostRounds || first.error.code !== 'store_unavailable') throw first.error;
    left = failures.map(({ key }) => key);
  }
  for (const key of request.keys) if (!fitsXml(key)) await deleteAlone(client, send, { ...request, key });
}

interface Failure {
  readonly key: string;
  readonly error: KeeperError;
}

async function deleteOnce(
  client: S3Client,
  send: Send,
  { bucket, keys, gate }: DeleteRequest,
): Promise<readonly Failure[]> {
  const command = new DeleteObjectsCommand({
    Bucket: bucket,
    Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
  });
  const action = `delete ${keys.length} objects from "${keys[0] ?? ''}"`;
  const output = await send({ action, bucket, gate }, (options) => client.send(command, options));
  return (output.Errors ?? []).map(({ Key = '', Code = 'InternalError', Message = Code }) => {
    const failure = Object.assign(new Error(Message), { name: Code });
    return { key: Key, error: storeError(failure, { action: `delete "${Key}"`, bucket }) };
  });
}

/** For keys that no XML document can name. */
async function deleteAlone(
  client: S3Client,
  send: Send,
  { bucket, key, gate }: { bucket: string; key: string; gate: DeleteRequest['gate'] },
): Promise<void> {
  const command = new DeleteObjectCommand({ Bucket: bucket, Key: key });
  await send({ action: `delete "${key}"`, bucket, gate }, (options) => client.send(command, options));
}

/** XML 1.0 has no control characters but tab and line ends, and not U+FFFE or U+FFFF, not even as references. */
function fitsXml(key: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are what the question is about
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(key);
}
