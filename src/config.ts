import type { ClientConnectConfig } from '@temporalio/envconfig';
import type { logLevels, profiles, s3Clients } from './config-settings.js';
import type { ObjectAcl } from './domain/object-acl.js';
import type { EncryptionKey } from './payload-codec/encryption-key.js';
import type { Secret } from './secret.js';
import type { TaskQueue } from './workflows/contract.js';

/** The programs that are configured: each demands only what it uses. */
export type Role = 'api' | 'worker' | 'cli';

/** Every setting, read once at start and frozen. `docs/configuration.md` is its table. */
export interface Config {
  readonly profile: Profile;
  readonly logLevel: LogLevel;
  readonly http: HttpConfig;
  /** Where the process tells Prometheus of itself; null: nowhere. */
  readonly metrics: MetricsConfig | null;
  /** The OTLP/HTTP collector that traces are sent to, without a slash at its end; null: nothing is traced. */
  readonly tracesEndpoint: string | null;
  readonly databaseUrl: Secret;
  readonly databasePoolSize: number;
  readonly databasePatience: DatabasePatience;
  /** Whether the API's statements are prepared; not behind a pooler that gives every transaction another session, unless it knows of it. */
  readonly databasePrepares: boolean;
  /** Keys of the tokens' signatures: the first signs, all verify. Empty where tokens are not used. */
  readonly secretKeys: readonly Secret[];
  readonly bootstrapUser: { readonly username: string; readonly password: Secret } | null;
  readonly defaultGitRef: string;
  /** Its connection options may hold an API key and a private key: they are not printed. */
  readonly temporal: ClientConnectConfig;
  /** The task queues that a worker serves. */
  readonly workerQueues: readonly TaskQueue[];
  /** Of what is sent to Temporal: the first encrypts, all decrypt. Empty: nothing is encrypted. */
  readonly temporalEncryptionKeys: readonly EncryptionKey[];
  /** As what a worker takes part in Temporal's Worker Versioning; null: not at all. */
  readonly deployment: DeploymentConfig | null;
  readonly s3: S3Config;
  readonly copy: CopyConfig;
  readonly purge: PurgeConfig;
  readonly fastly: FastlyConfig | null;
  readonly dasherUrl: string | null;
  /** Where publications are told of; null: nowhere. Such addresses often hold a key. */
  readonly eventsUrl: Secret | null;
  /** Amazon's name service, with the account of `s3`; null: no domain is registered. */
  readonly route53: Route53Config | null;
}

/** How long PostgreSQL is waited for, in milliseconds: better a 503 now, and another try, than a pile of requests. */
export interface DatabasePatience {
  /** For a connection: one that is free, or a new one. */
  readonly connection: number;
  /** For a statement. None of ours takes long in health; one that hangs is cut, so that its locks go. */
  readonly statement: number;
  /** For a row that somebody else has locked. */
  readonly lock: number;
}

/** How the API is reached and which parts of a request it trusts. */
export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** The most requests that are worked on at a time. */
  readonly maxRequests: number;
  /** The one base of every URL in responses and background work; null: the request's own. */
  readonly baseUrl: string | null;
  /** Replaces the scheme of the connection in URLs; null: the connection's. */
  readonly scheme: 'http' | 'https' | null;
  /** How many proxies are trusted for each `X-Forwarded-*` header; all 0 without `LTD_KEEPER_PROXY_FIX`. */
  readonly trust: {
    readonly for: number;
    readonly proto: number;
    readonly host: number;
    readonly port: number;
  };
}

/** An address of its own: metrics are not for those who may use the API. */
export interface MetricsConfig {
  readonly host: string;
  readonly port: number;
}

/** Where the buckets are. What is null is left to the AWS SDK's own resolution. */
export interface S3Config {
  readonly endpoint: string | null;
  readonly region: string | null;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: Secret } | null;
  readonly sessionToken: Secret | null;
  /** The ACL of everything written; null writes none, for buckets whose ACLs are disabled. */
  readonly acl: ObjectAcl | null;
  readonly directoryRedirects: boolean;
  /** The most bytes of one uploaded object; null: as many as the store takes. */
  readonly uploadMaxBytes: number | null;
  readonly client: S3ClientKind;
  /** The most requests of a process on their way, those that read and those that write each. */
  readonly maxConcurrency: number;
}

/** What sends the requests that rebuilds consist of: our own client, or the AWS SDK as all others. */
export type S3ClientKind = (typeof s3Clients)[number];

/** How the copy engine uses the store. */
export interface CopyConfig {
  /** Objects of one copy that are worked on at a time, those that wait for a turn at the store among them. */
  readonly concurrency: number;
  /** Copies at a time in one worker. */
  readonly slots: number;
  /** Builds that are learnt at a time in one worker, while they are uploaded; 0 leaves that to other workers. */
  readonly learnSlots: number;
  /** Objects above this many bytes are copied in parts, each of at most as many, so that a single request stays short. */
  readonly multipartThreshold: number;
}

/** What is removed from the buckets when nobody needs it any more. */
export interface PurgeConfig {
  /** Days for which objects of deprecated editions and builds are kept; null: for ever. */
  readonly deprecatedAfterDays: number | null;
  /** Hours without a sign of life after which an upload is abandoned. */
  readonly abandonedUploadHours: number;
  /** Whether objects of abandoned uploads are removed. */
  readonly abandonedUploads: boolean;
}

/** The CDN's account. */
export interface FastlyConfig {
  readonly serviceId: string;
  readonly key: Secret;
  readonly apiUrl: string;
}

/** Which version of which Worker Deployment a worker is. */
export interface DeploymentConfig {
  readonly name: string;
  readonly buildId: string;
}

/** Where domains of new products are registered. */
export interface Route53Config {
  /** Null: AWS's own. */
  readonly endpoint: string | null;
}

/** Where the process runs; decides the log level, and whether keys may be short. */
export type Profile = (typeof profiles)[number];

/** pino's levels. */
export type LogLevel = (typeof logLevels)[number];
