import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import type { z } from 'zod';
import type { Config, DeploymentConfig, FastlyConfig, HttpConfig, Role, S3Config } from './config.js';
import { aliases, type SettingName, settings } from './config-settings.js';
import type { EncryptionKey } from './payload-codec/encryption-key.js';
import { Secret, unprinted } from './secret.js';
import { taskQueues } from './workflows/contract.js';

/** All that is wrong with the environment, in one message with a line for each problem. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;
type Settings = z.output<typeof settings>;

/**
 * The configuration of a program with this role, from the environment.
 *
 * @throws {ConfigError} naming every setting that is missing, malformed or said twice with different values.
 */
export function loadConfig(role: Role, env: Environment = process.env): Config {
  const { values, said, problems } = withoutAliases(env);
  const parsed = settings.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) {
    const name = String(issue.path[0]); // what follows is the place within a list
    problems.push(`${said.get(name) ?? name} ${issue.message}`);
  }
  problems.push(...missingFor(role, values));
  const temporal = temporalConfig(values, problems);
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(configOf(parsed.data, temporal));
}

/**
 * The one setting of a program that only decrypts.
 *
 * @throws {ConfigError} when it is malformed.
 */
export function loadEncryptionKeys(env: Environment = process.env): readonly EncryptionKey[] {
  const name = 'LTD_TEMPORAL_ENCRYPTION_KEYS';
  const parsed = settings.shape[name].safeParse(env[name] ?? '');
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(({ message }) => `${name} ${message}`));
  return parsed.data;
}

/** The environment under our names alone, and which of them were said as Keeper's; empty values count as not set. */
function withoutAliases(env: Environment): {
  values: Record<string, string>;
  said: ReadonlyMap<string, string>;
  problems: string[];
} {
  const values: Record<string, string> = Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
  const problems: string[] = [];
  const said = new Map<string, string>();
  for (const [keeper, ours] of aliases) {
    const theirs = values[keeper];
    if (theirs === undefined) continue;
    if (values[ours] !== undefined && values[ours] !== theirs)
      problems.push(`${keeper} and ${ours} are the same setting and have different values: keep one of them`);
    if (values[ours] === undefined) said.set(ours, keeper);
    values[ours] ??= theirs;
  }
  return { values, said, problems };
}

/** Settings that only mean something together, and those that only some roles need. */
function missingFor(role: Role, set: Partial<Readonly<Record<SettingName, string>>>): string[] {
  const problems: string[] = [];
  if (role === 'api') problems.push(...secretKeyProblems(set));
  const together = (a: SettingName, b: SettingName): void => {
    if ((set[a] === undefined) !== (set[b] === undefined))
      problems.push(`${a} and ${b} must be set together`);
  };
  together('LTD_KEEPER_BOOTSTRAP_USER', 'LTD_KEEPER_BOOTSTRAP_PASSWORD');
  together('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY');
  together('FASTLY_SERVICE_ID', 'FASTLY_KEY');
  together('TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID');
  if (role === 'worker' && set.LTD_WORKER_QUEUES === taskQueues.learn && set.LTD_LEARN_SLOTS === '0')
    problems.push(
      'LTD_WORKER_QUEUES leaves nothing to do: keeper-learn has no slots, set LTD_LEARN_SLOTS to more than 0',
    );
  return problems;
}

/** The least bytes of a key in production. Whether they are random is not judged. */
const minSecretKeyBytes = 16;

function secretKeyProblems(set: Partial<Readonly<Record<SettingName, string>>>): string[] {
  const { data: keys } = settings.shape.LTD_KEEPER_SECRET_KEY.safeParse(set.LTD_KEEPER_SECRET_KEY);
  const advice = 'give a long random string (openssl rand -hex 32), it signs the tokens';
  if (keys?.length === 0) return [`LTD_KEEPER_SECRET_KEY is not set: ${advice}`];
  if ((set.LTD_KEEPER_PROFILE ?? 'production') !== 'production') return [];
  const isShort = keys?.some((key) => Buffer.byteLength(key.reveal()) < minSecretKeyBytes) ?? false;
  return isShort
    ? [`LTD_KEEPER_SECRET_KEY holds a key of less than ${minSecretKeyBytes} bytes: ${advice}`]
    : [];
}

/** The connection to Temporal, from the `TEMPORAL_*` names that the `temporal` command reads. */
function temporalConfig(values: Readonly<Record<string, string>>, problems: string[]): ClientConnectConfig {
  const named = Object.entries(values).filter(([name]) => name.startsWith('TEMPORAL_'));
  try {
    const config = loadClientConnectConfig({
      disableFile: true,
      overrideEnvVars: Object.fromEntries(named),
    });
    return { ...config, connectionOptions: unprinted(config.connectionOptions) };
  } catch (error) {
    problems.push(`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`);
    return { connectionOptions: {} };
  }
}

function configOf(set: Settings, temporal: ClientConnectConfig): Config {
  return {
    profile: set.LTD_KEEPER_PROFILE,
    logLevel: set.LOG_LEVEL ?? (set.LTD_KEEPER_PROFILE === 'production' ? 'info' : 'debug'),
    http: httpOf(set),
    metrics:
      set.LTD_METRICS_PORT === undefined ? null : { host: set.LTD_METRICS_HOST, port: set.LTD_METRICS_PORT },
    tracesEndpoint: set.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    databaseUrl: new Secret(set.DATABASE_URL),
    databasePoolSize: set.DATABASE_POOL_SIZE,
    databasePatience: {
      connection: set.DATABASE_CONNECTION_TIMEOUT_SECONDS * 1_000,
      statement: set.DATABASE_STATEMENT_TIMEOUT_SECONDS * 1_000,
      lock: set.DATABASE_LOCK_TIMEOUT_SECONDS * 1_000,
    },
    databasePrepares: set.DATABASE_PREPARED_STATEMENTS,
    secretKeys: set.LTD_KEEPER_SECRET_KEY,
    bootstrapUser: bootstrapUserOf(set),
    defaultGitRef: set.LTD_KEEPER_DEFAULT_GIT_REF,
    temporal,
    workerQueues: set.LTD_WORKER_QUEUES,
    temporalEncryptionKeys: set.LTD_TEMPORAL_ENCRYPTION_KEYS,
    deployment: deploymentOf(set),
    s3: s3Of(set),
    copy: {
      concurrency: set.LTD_COPY_CONCURRENCY,
      slots: set.LTD_COPY_SLOTS,
      learnSlots: set.LTD_LEARN_SLOTS,
      multipartThreshold: set.LTD_MULTIPART_COPY_THRESHOLD,
    },
    purge: {
      deprecatedAfterDays: set.LTD_PURGE_DEPRECATED_AFTER_DAYS ?? null,
      abandonedUploadHours: set.LTD_ABANDONED_UPLOAD_HOURS,
      abandonedUploads: set.LTD_PURGE_ABANDONED_UPLOADS,
    },
    fastly: fastlyOf(set),
    dasherUrl: set.LTD_DASHER_URL ?? null,
    eventsUrl: set.LTD_EVENTS_URL === undefined ? null : new Secret(set.LTD_EVENTS_URL),
    route53: set.LTD_ROUTE53
      ? { endpoint: set.AWS_ENDPOINT_URL_ROUTE_53 ?? set.AWS_ENDPOINT_URL ?? null }
      : null,
  };
}

function httpOf(set: Settings): HttpConfig {
  const trusted = (count: number): number => (set.LTD_KEEPER_PROXY_FIX ? count : 0);
  return {
    host: set.HOST,
    port: set.PORT,
    maxRequests: set.LTD_MAX_REQUESTS,
    baseUrl: set.LTD_KEEPER_URL ?? null,
    scheme: set.LTD_KEEPER_URL_SCHEME ?? null,
    trust: {
      for: trusted(set.LTD_KEEPER_TRUST_X_FOR),
      proto: trusted(set.LTD_KEEPER_TRUST_X_PROTO),
      host: trusted(set.LTD_KEEPER_TRUST_X_HOST),
      port: trusted(set.LTD_KEEPER_TRUST_X_PORT),
    },
  };
}

function s3Of(set: Settings): S3Config {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = set;
  return {
    endpoint: set.AWS_ENDPOINT_URL_S3 ?? set.AWS_ENDPOINT_URL ?? null,
    region: set.AWS_REGION ?? null,
    credentials:
      id !== undefined && secret !== undefined
        ? { accessKeyId: id, secretAccessKey: new Secret(secret) }
        : null,
    sessionToken: token === undefined ? null : new Secret(token),
    acl: set.LTD_S3_ACL === 'none' ? null : set.LTD_S3_ACL,
    directoryRedirects: set.LTD_DIRECTORY_REDIRECTS,
    uploadMaxBytes: set.LTD_UPLOAD_MAX_BYTES ?? null,
    client: set.LTD_S3_CLIENT,
    maxConcurrency: set.LTD_S3_MAX_CONCURRENCY,
  };
}

function deploymentOf({
  TEMPORAL_DEPLOYMENT_NAME: name,
  TEMPORAL_WORKER_BUILD_ID: buildId,
}: Settings): DeploymentConfig | null {
  return name !== undefined && buildId !== undefined ? { name, buildId } : null;
}

function fastlyOf(set: Settings): FastlyConfig | null {
  const { FASTLY_SERVICE_ID: serviceId, FASTLY_KEY: key } = set;
  return serviceId !== undefined && key !== undefined
    ? { serviceId, key: new Secret(key), apiUrl: set.LTD_FASTLY_API_URL }
    : null;
}

function bootstrapUserOf(set: Settings): Config['bootstrapUser'] {
  const { LTD_KEEPER_BOOTSTRAP_USER: username, LTD_KEEPER_BOOTSTRAP_PASSWORD: password } = set;
  return username !== undefined && password !== undefined
    ? { username, password: new Secret(password) }
    : null;
}
