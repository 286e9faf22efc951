import { S3ServiceException } from '@aws-sdk/client-s3';
import type { ListAnswer } from './s3-listing.js';
import type { DeletionFailure } from './s3-requests.js';

/*
 * Reads the few answers of S3 that rebuilds ask for, by looking for their elements' names. That is enough, since in the
 * text of an element `<` is always escaped, and it takes a hundredth of the time of a parser that builds a tree.
 */

/** The text of the first element of that name; undefined where there is none, or where it has no end. */
export function elementText(xml: string, name: string): string | undefined {
  const open = `<${name}>`;
  const start = xml.indexOf(open);
  if (start < 0) return undefined;
  const end = xml.indexOf(`</${name}>`, start);
  return end < 0 ? undefined : decodeText(xml.slice(start + open.length, end));
}

/** What ListObjectsV2 answered. @throws {SyntaxError} when the answer is cut short or something else. */
export function parseListing(xml: string): ListAnswer {
  assertWhole(xml, 'ListBucketResult');
  const contents = elementsOf(xml, 'Contents');
  const first = xml.indexOf('<Contents>');
  // What is said of the page stands before or behind its objects.
  const about = first < 0 ? xml : xml.slice(0, first) + xml.slice(xml.lastIndexOf('</Contents>'));
  return {
    EncodingType: elementText(about, 'EncodingType') === 'url' ? 'url' : undefined,
    IsTruncated: elementText(about, 'IsTruncated') === 'true',
    NextContinuationToken: elementText(about, 'NextContinuationToken'),
    Contents: contents.map((content) => ({
      Key: elementText(content, 'Key'),
      ETag: elementText(content, 'ETag'),
      Size: numberOf(elementText(content, 'Size')),
      LastModified: dateOf(elementText(content, 'LastModified')),
    })),
  };
}

/** The ETag that CopyObject answered with; undefined where there is none. */
export function parseCopy(xml: string): string | undefined {
  return elementText(xml, 'ETag');
}

/** The keys that DeleteObjects failed on. @throws {SyntaxError} when the answer is cut short or something else. */
export function parseDeletion(xml: string): readonly DeletionFailure[] {
  if (!/<DeleteResult[^<>]*\/>\s*$/.test(xml)) assertWhole(xml, 'DeleteResult');
  return elementsOf(xml, 'Error').map((error) => {
    const code = elementText(error, 'Code') ?? 'InternalError';
    return { key: elementText(error, 'Key') ?? '', code, message: elementText(error, 'Message') ?? code };
  });
}

/**
 * An answer that is an error, as the SDK would throw it. One without a body, or without a code, is named by its status.
 */
export function parseError(status: number, xml: string): S3ServiceException {
  const name = elementText(xml, 'Code') ?? String(status);
  return new S3ServiceException({
    name,
    message: elementText(xml, 'Message') ?? name,
    $fault: status >= 500 ? 'server' : 'client',
    $metadata: { httpStatusCode: status },
  });
}

/** Whether an answer is an error inside, which S3 may also send with status 200. */
export function isErrorDocument(xml: string): boolean {
  return /^\s*(?:<\?xml[^>]*\?>)?\s*<Error[\s>]/.test(xml);
}

/** The insides of all elements of that name. */
function elementsOf(xml: string, name: string): string[] {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const found: string[] = [];
  for (let start = xml.indexOf(open); start >= 0;) {
    const end = xml.indexOf(close, start);
    if (end < 0) throw new SyntaxError(`The answer has a <${name}> without end`);
    found.push(xml.slice(start + open.length, end));
    start = xml.indexOf(open, end);
  }
  return found;
}

function assertWhole(xml: string, root: string): void {
  if (!xml.trimEnd().endsWith(`</${root}>`)) throw new SyntaxError(`The answer is no whole <${root}>`);
}

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function decodeText(text: string): string {
  if (!text.includes('&')) return text;
  // The quotes of an ETag are all that most texts escape, and each answer to a copy has one.
  const unquoted = text.replaceAll('&quot;', '"');
  if (!unquoted.includes('&')) return unquoted;
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return entities.get(name ?? '') ?? whole;
  });
}

/** Text as an element may hold it. */
export function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');
}
