import { compareEtags } from './etags.js';
import { type ObjectHeaders, sameHeaders } from './object-headers.js';

/** What a listing says of an object's content: its ETag without quotes, its size in bytes. */
export interface ListedContent {
  readonly etag: string;
  readonly size: number;
}

/** An object of which the headers are known too. */
export interface KnownObject extends ListedContent {
  readonly headers: ObjectHeaders;
}

/**
 * Whether the destination holds the source's content for certain. Where the ETags cannot be compared (multipart) the
 * answer is no: in doubt an object is copied again.
 */
export function sameContent(source: ListedContent, destination: ListedContent): boolean {
  return source.size === destination.size && compareEtags(source.etag, destination.etag) === 'same';
}

/**
 * Whether an object must be copied: unless the destination has its content and exactly the headers that it should
 * have now. Content alone is not enough, for a change of type, encoding or cache policy leaves the ETag as it was.
 */
export function needsCopy(object: {
  readonly source: ListedContent;
  readonly destination: KnownObject | undefined;
  /** The headers that the destination should have. */
  readonly wanted: ObjectHeaders;
}): boolean {
  const { source, destination, wanted } = object;
  return (
    destination === undefined ||
    !sameContent(source, destination) ||
    !sameHeaders(wanted, destination.headers)
  );
}
