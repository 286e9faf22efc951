import { sameOnceShown } from './edition-headers.js';
import type { ObjectHeaders } from './object-headers.js';

/** What a listing says of an object's content: its ETag without quotes, its size in bytes. */
export interface ListedContent {
  readonly etag: string;
  readonly size: number;
}

/** An object of which the headers are known too. */
export interface KnownObject extends ListedContent {
  readonly headers: ObjectHeaders;
}

/** What a copy was answered where its ETag is not its source's: of objects in parts, and in buckets encrypted by KMS. */
export interface CopiedEtag {
  /** Without the edition's prefix. */
  readonly key: string;
  /** The source's, as the copy was planned. */
  readonly sourceEtag: string;
  /** The copy's. */
  readonly etag: string;
}

/** Whether two objects have the same content for certain. Where the ETags cannot be compared (multipart) they have not. */
export function sameContent(a: ListedContent, b: ListedContent): boolean {
  return a.size === b.size && compareEtags(a.etag, b.etag) === 'same';
}

/**
 * Whether the destination holds the source's content, as far as the listings tell.
 *
 * @param copied - what is remembered of the last copy to this key.
 */
export function compareContent(
  source: ListedContent,
  destination: ListedContent,
  copied?: CopiedEtag,
): EtagComparison {
  if (source.size !== destination.size) return 'different';
  if (source.etag === destination.etag) return 'same';
  if (copied?.sourceEtag === source.etag) return copied.etag === destination.etag ? 'same' : 'different';
  return compareEtags(source.etag, destination.etag);
}

/**
 * Whether an object that the destination holds with its right content has its right headers too, which no listing
 * tells: the builds that may have written it are known, and each of them that has this content would have given it the
 * headers that it should have now. Where none of them has it, somebody else wrote it.
 *
 * @param written - what the builds that may have written there have at this key.
 */
export function isWrittenAs(source: KnownObject, written: readonly KnownObject[]): boolean {
  let known = false;
  for (const object of written) {
    if (object !== source) {
      const content = compareContent(source, object);
      if (content === 'different') continue;
      if (!sameOnceShown(source.headers, object.headers)) return false;
      // Of an object in parts it is not certain that it has this content; that it could have is enough to doubt.
      if (content === 'unknown') continue;
    }
    known = true;
  }
  return known;
}

/** How the contents of two objects compare by their ETags alone. */
export type EtagComparison = 'same' | 'different' | 'unknown';

/**
 * Compares two ETags (without quotes). The ETag is the content's MD5 only for objects written in one part; one that
 * ends in `-N` also depends on the parts, so a copy of the same content can have another.
 * Equal ETags always mean the same content.
 */
export function compareEtags(a: string, b: string): EtagComparison {
  if (a === b) return 'same';
  return isMultipart(a) || isMultipart(b) ? 'unknown' : 'different';
}

function isMultipart(etag: string): boolean {
  return etag.includes('-');
}
