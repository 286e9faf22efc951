import type { StoreCredentials } from './authenticate.js';
import type { StoreFaults } from './store-faults.js';

/** The options of an object store. */
export type ObjectStoreOptions = {
  /** The folder of journal and bodies; the store creates it. Run one store per folder. */
  readonly dataDir: string;
  /** @default 0: any free port */
  readonly port?: number;
  /** @default '127.0.0.1' */
  readonly host?: string;
  readonly credentials: readonly StoreCredentials[];
  readonly region: string;
  /** Buckets to create at the start; existing ones keep their objects. */
  readonly buckets?: readonly InitialBucket[];
  /** Milliseconds that every request waits first. @default 0 */
  readonly latencyMs?: number;
  /** Port of the fault injector's HTTP server, 0 for any free one. @default none */
  readonly adminPort?: number;
  /** Largest source of one CopyObject, in bytes. @default 5 GiB, as S3 */
  readonly singleCopyLimit?: number;
  /** Smallest part of a multipart upload but the last, in bytes. @default 5 MiB, as S3 */
  readonly minimumPartSize?: number;
  /** Seed of the fault rules' probabilities. @default 1 */
  readonly seed?: number;
  /** The number of requests in the log. @default 100,000 */
  readonly logCapacity?: number;
  /** The clock, in milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
};

/** A bucket to create at the start. */
export type InitialBucket = {
  readonly name: string;
  /** Gives the bucket the usual policy that lets everybody read, not list, its objects. */
  readonly publicRead?: boolean;
  /** Object ownership `BucketOwnerEnforced`: a request that sets an ACL gets 400 AccessControlListNotSupported. */
  readonly aclsDisabled?: boolean;
};

/** A running object store. */
export type ObjectStoreServer = {
  /** Endpoint for path-style clients, without a trailing slash. */
  readonly url: string;
  /** Endpoint of the fault injector; set when `adminPort` was. */
  readonly adminUrl?: string;
  readonly faults: StoreFaults;
  /** Stops listening, cuts connections, and closes the journal. */
  readonly close: () => Promise<void>;
};
