import type { StoreCredentials } from './authenticate.js';
import type { StoreFaults } from './store-faults.js';

/** How to start an object store. */
export type ObjectStoreOptions = {
  /** The folder of journal and bodies; made when missing. One running store per folder. */
  readonly dataDir: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  readonly credentials: readonly StoreCredentials[];
  readonly region: string;
  /** Buckets that are there from the start; those that exist already keep their objects. */
  readonly buckets?: readonly InitialBucket[];
  /** Milliseconds that every request waits before it is served. @default 0 */
  readonly latencyMs?: number;
  /** Port of the fault injector's own HTTP server, 0 for any free one. @default none is opened */
  readonly adminPort?: number;
  /** Largest source of one CopyObject, in bytes. @default 5 GiB, as S3 */
  readonly singleCopyLimit?: number;
  /** Smallest part of a multipart upload but the last, in bytes. @default 5 MiB, as S3 */
  readonly minimumPartSize?: number;
  /** Seed of the fault rules' probabilities. @default 1 */
  readonly seed?: number;
  /** Requests that the log keeps. @default 100,000 */
  readonly logCapacity?: number;
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
};

/** A bucket that is made at start. */
export type InitialBucket = {
  readonly name: string;
  /** Gives it the usual policy that lets anybody read (not list) its objects. */
  readonly publicRead?: boolean;
  /** Object ownership `BucketOwnerEnforced`: requests that set an ACL get 400 AccessControlListNotSupported. */
  readonly aclsDisabled?: boolean;
};

/** A running object store. */
export type ObjectStoreServer = {
  /** Endpoint for path-style clients, without a slash at its end. */
  readonly url: string;
  /** Endpoint of the fault injector, when one was asked for. */
  readonly adminUrl?: string;
  readonly faults: StoreFaults;
  /** Stops listening, cuts what is still connected, and closes the journal. */
  readonly close: () => Promise<void>;
};
