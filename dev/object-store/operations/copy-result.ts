import { type S3Response, xmlResponse } from '../exchange.js';
import type { StoredChecksum } from '../stored-object.js';
import { element } from '../xml.js';

/** The elements of a copy's answer, of an object or a part, inside its root element. */
export function copyResultXml(copied: { etag: string; lastModified: number; checksum?: StoredChecksum }): string {
  return (
    element('LastModified', new Date(copied.lastModified).toISOString()) +
    element('ETag', `"${copied.etag}"`) +
    checksumXml(copied.checksum)
  );
}

/** A checksum as elements: `<ChecksumCRC32>` and `<ChecksumType>`. */
export function checksumXml(checksum: StoredChecksum | undefined): string {
  if (checksum === undefined) return '';
  return element(`Checksum${checksum.algorithm}`, checksum.value) + element('ChecksumType', checksum.type);
}

/** 200 with `<Error>` as its whole body: CopyObject can fail after it has sent the status (AWS: CopyObject). */
export function injectedErrorResponse(code: string): S3Response {
  const message = 'We encountered an internal error. Please try again.';
  const inner = element('Code', code) + element('Message', message);
  return xmlResponse(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`);
}
