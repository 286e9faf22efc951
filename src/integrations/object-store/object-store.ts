import type { KnownObject, ListedContent } from '../../domain/copy-decision.js';
import type { ObjectAcl } from '../../domain/object-acl.js';
import type { ObjectHeaders } from '../../domain/object-headers.js';

/**
 * Asked immediately before each attempt of a request is sent; by throwing it forbids to send it, and what it threw
 * is what the call throws. A request that is on its way is never aborted but by its own timeout, which is short.
 */
export type Gate = () => void;

/** One object as a listing shows it. */
export interface ListedObject extends ListedContent {
  readonly key: string;
  /** When it was written, by the store's clock, in milliseconds since 1970; most stores tell whole seconds. */
  readonly modifiedAt: number;
}

/** AWS: the most objects that a page of a listing has. */
export const maxListed = 1_000;

/** Which page of a listing is wanted. */
export interface ListPageRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** Only keys after this one; for the first page. */
  readonly startAfter?: string | undefined;
  /** The page that follows the one that gave this `next`. */
  readonly continuation?: string | undefined;
  /** Keys wanted at most, where fewer than a page of 1,000 are; a store may give more. */
  readonly limit?: number | undefined;
  readonly gate?: Gate | undefined;
}

/** Up to 1,000 objects as the store gives them; whoever relies on their order checks it. */
export interface ListedPage {
  readonly objects: readonly ListedObject[];
  /** The `continuation` of the next page, null on the last. */
  readonly next: string | null;
}

/** A request about one object. */
export interface ObjectRequest {
  readonly bucket: string;
  readonly key: string;
  readonly gate?: Gate | undefined;
}

/** An object as a HEAD shows it. */
export interface HeadObject extends KnownObject {
  /** False where the ETag is not the content's digest (parts, KMS or customer keys): another copy has another one. */
  readonly isEtagDigest: boolean;
}

/** What to copy within a bucket, and what the copy shall say about itself. */
export interface CopyRequest {
  readonly bucket: string;
  readonly sourceKey: string;
  readonly destinationKey: string;
  /** The source as it was planned: `source_changed` is thrown when its ETag is another by now. */
  readonly source: ListedContent;
  /** All headers of the copy: those of the source are not taken over. */
  readonly headers: ObjectHeaders;
  /** Null writes no ACL. */
  readonly acl: ObjectAcl | null;
  readonly gate: Gate;
}

/** An empty object to write. */
export interface PutEmptyRequest {
  readonly bucket: string;
  readonly key: string;
  readonly headers: ObjectHeaders;
  /** Null writes no ACL. */
  readonly acl: ObjectAcl | null;
  readonly gate: Gate;
}

/** An object to write whose content is at hand: a few megabytes at most, since it is sent in one request. */
export interface PutRequest extends PutEmptyRequest {
  readonly body: Uint8Array;
}

/** Everything whose key begins so. */
export interface PrefixRequest {
  readonly bucket: string;
  readonly prefix: string;
  readonly gate: Gate;
}

/** Objects to delete: 1 to 1,000 keys. */
export interface DeleteRequest {
  readonly bucket: string;
  readonly keys: readonly string[];
  readonly gate: Gate;
}

/**
 * What the service needs of an object store. Keys are taken and given as they are, never normalised. Every call
 * retries what is transient a few times, a request at a time settles within its timeout, and what goes wrong is a
 * `LtdError`: `store_unavailable` (worth another try later), `bucket_missing`, `store_access_denied`,
 * `store_acl_unsupported`, `store_rejected`, `source_changed`.
 */
export interface ObjectStore {
  /** One page of the keys that begin with a prefix. */
  listPage(request: ListPageRequest): Promise<ListedPage>;
  /** What is known of an object; null when there is none. */
  head(request: ObjectRequest): Promise<HeadObject | null>;
  /** Copies one object within a bucket, in parts where it is large, and gives the ETag of the copy. */
  copy(request: CopyRequest): Promise<{ readonly etag: string }>;
  /** Writes one object, whole or not at all. What is served with it, its type too, is in the headers. */
  put(request: PutRequest): Promise<void>;
  putEmpty(request: PutEmptyRequest): Promise<void>;
  /** Deletes objects; one that is not there is no error. Throws when any of them is left. */
  deleteMany(request: DeleteRequest): Promise<void>;
  /** Ends the multipart uploads that are open under a prefix, and gives how many there were. */
  endUploads(request: PrefixRequest): Promise<number>;
  /** Resolves when the bucket exists and answers to the credentials. */
  checkBucket(request: { readonly bucket: string; readonly gate?: Gate | undefined }): Promise<void>;
}
