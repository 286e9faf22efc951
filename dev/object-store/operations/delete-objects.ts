import { bucketOf, type Exchange, type S3Response, xmlResponse } from '../exchange.js';
import { readPayload } from '../payload.js';
import { checkKey } from '../request-target.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import { checksumAlgorithms } from '../stored-object.js';
import { checksumHeader } from '../checksum.js';
import { childText, element, parseXml, xmlDocument } from '../xml.js';

/** S3's limit on the keys of one request. */
const maxKeysPerRequest = 1000;

/** DeleteObjects: 200, with one entry per key. Refuses more than 1,000 keys as `MalformedXML`. */
export async function deleteObjects(exchange: Exchange): Promise<S3Response> {
  const { store, request, caller, injected } = exchange;
  requireChecksum(request);
  const { keys, isQuiet } = parseDeletion(await readPayload(request, caller));
  exchange.noteKeys(keys);
  const { objects, settings } = bucketOf(exchange);
  const refused = keys.filter((key) => injected.errorIn200?.hitsKey(key) === true);
  const deleted = refused.length === 0 ? keys : keys.filter((key) => !refused.includes(key));
  const present = [...new Set(deleted)].filter((key) => objects.get(key) !== undefined);
  store.catalog.commit(...present.map((key) => ({ type: 'object-deleted', bucket: settings.name, key }) as const));
  const errors = refused.map((key) => errorEntry(key, injected.errorIn200?.code ?? ''));
  const entries = isQuiet ? [] : deleted.map((key) => `<Deleted>${element('Key', key)}</Deleted>`);
  return xmlResponse(xmlDocument('DeleteResult', [...entries, ...errors].join('')));
}

function errorEntry(key: string, code: string): string {
  const message = 'We encountered an internal error. Please try again.';
  return `<Error>${element('Key', key)}${element('Code', code)}${element('Message', message)}</Error>`;
}

function requireChecksum(request: S3Request): void {
  const names = ['content-md5', 'x-amz-trailer', ...checksumAlgorithms.map(checksumHeader)];
  if (names.some((name) => request.header(name) !== undefined)) return;
  throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
}

function parseDeletion(body: string): { keys: string[]; isQuiet: boolean } {
  const root = parseXml(body);
  const entries = root.children.filter(({ name }) => name === 'Object');
  const isCountValid = entries.length > 0 && entries.length <= maxKeysPerRequest;
  if (root.name !== 'Delete' || !isCountValid) throw new S3Error('MalformedXML');
  const keys = entries.map((entry) => {
    const key = childText(entry, 'Key');
    if (key === undefined || key === '') throw new S3Error('MalformedXML');
    checkKey(key);
    return key;
  });
  return { keys, isQuiet: childText(root, 'Quiet') === 'true' };
}
