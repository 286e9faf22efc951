import type { Deadline } from './deadline.js';
import type { CopyRequest, HeadObject, ListedPage, ListPageRequest } from './object-store.js';

/** A key that one request for many did not delete. */
export interface DeletionFailure {
  readonly key: string;
  /** S3's code. */
  readonly code: string;
  readonly message: string;
}

/** A copy in one request. */
export type SingleCopy = Omit<CopyRequest, 'gate'>;

/**
 * The four requests that rebuilds consist of, each sent once. They throw whatever `storeError` knows to read; when
 * the deadline passes they end with any error.
 */
export interface S3Requests {
  list(request: ListPageRequest, deadline: Deadline): Promise<ListedPage>;
  /** Null when there is no such object. */
  head(object: { readonly bucket: string; readonly key: string }, deadline: Deadline): Promise<HeadObject | null>;
  /** Gives the ETag of the copy without quotes; undefined when the answer has none, which is a failure too. */
  copy(request: SingleCopy, deadline: Deadline): Promise<string | undefined>;
  /** Gives what is left of at most 1,000 keys, all of which fit XML. */
  delete(
    request: { readonly bucket: string; readonly keys: readonly string[] },
    deadline: Deadline,
  ): Promise<readonly DeletionFailure[]>;
  /** Closes the connections that are its own; the SDK's client is left as it is. */
  destroy(): void;
}
