import { sameOnceShown } from './edition-headers.js';
import type { ObjectHeaders } from './object-headers.js';

/** An object's content as a listing shows it: the ETag without quotes, the size in bytes. */
export interface ListedContent {
  readonly etag: string;
  readonly size: number;
}

/** An object with known headers. */
export interface KnownObject extends ListedContent {
  readonly headers: ObjectHeaders;
}

/** A copy whose ETag differs from its source's: objects in parts, and buckets encrypted by KMS. */
export interface CopiedEtag {
  /** Relative to the edition's prefix. */
  readonly key: string;
  /** The source's ETag when the copy was planned. */
  readonly sourceEtag: string;
  /** The copy's ETag. */
  readonly etag: string;
}

/** Whether two objects certainly have the same content. False if their ETags cannot be compared (multipart). */
export function sameContent(a: ListedContent, b: ListedContent): boolean {
  return a.size === b.size && compareEtags(a.etag, b.etag) === 'same';
}

/**
 * Compares source and destination by their listings.
 *
 * @param copied - the stored ETags of the last copy to this key.
 */
export function compareContent(source: ListedContent, destination: ListedContent, copied?: CopiedEtag): EtagComparison {
  if (source.size !== destination.size) return 'different';
  if (source.etag === destination.etag) return 'same';
  if (copied?.sourceEtag === source.etag) return copied.etag === destination.etag ? 'same' : 'different';
  return compareEtags(source.etag, destination.etag);
}

/**
 * Whether a destination object with the right content also has the right headers, which no listing shows. True if at
 * least one build that may have written the object has this content, and all such builds have the wanted headers.
 * If no build has this content, another program wrote the object.
 *
 * @param written - the objects at this key in the builds that may have been copied there.
 */
export function isWrittenAs(source: KnownObject, written: readonly KnownObject[]): boolean {
  let known = false;
  for (const object of written) {
    if (object !== source) {
      const content = compareContent(source, object);
      if (content === 'different') continue;
      if (!sameOnceShown(source.headers, object.headers)) return false;
      // A multipart object may have this content: its headers must match, but it proves nothing.
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
