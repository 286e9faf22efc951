import { z } from 'zod';
import { objectAcls } from './domain/object-acl.js';
import type { EncryptionKey } from './payload-codec/encryption-key.js';
import { Secret } from './secret.js';
import { taskQueues } from './workflows/contract.js';

/** Where the process runs; decides the log level, and whether keys may be short. */
export const profiles = ['development', 'testing', 'production'] as const;

/** pino's levels. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What sends the requests that rebuilds consist of. */
export const s3Clients = ['lean', 'sdk'] as const;

const exactUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const url = exactUrl.transform((value) => value.replace(/\/+$/, ''));
const flag = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['1', 'true', 'yes', 'on', '0', 'false', 'no', 'off'], 'must be true or false'))
  .transform((word) => ['1', 'true', 'yes', 'on'].includes(word));
const integer = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= low && value <= high, `must be from ${low} to ${high}`);
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  z.enum(words, `must be one of ${words.join(', ')}`);
/** Some of these words, each at most once, separated by commas. */
const someOf = <const Word extends string>(words: readonly Word[]) =>
  z
    .string()
    .transform((list) => list.split(',').map((word) => word.trim()))
    .pipe(z.array(z.enum(words, `must be some of ${words.join(', ')}, separated by commas`)))
    .refine((chosen) => new Set(chosen).size === chosen.length, 'must name each only once');
const encryptionKeys = z.string().transform((text, context) => {
  const keys = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(encryptionKeyOf);
  const known = keys.flatMap((key) => (key === undefined ? [] : [key]));
  if (known.length < keys.length)
    context.addIssue('must be a list of id:key, each key 32 bytes in base64 (openssl rand -base64 32)');
  if (new Set(known.map(({ id }) => id)).size < known.length)
    context.addIssue('must give each key an id of its own');
  return known;
});
/** One key, whatever it is made of, or a JSON list of keys. A key by itself never looks like such a list. */
const secretKeys = z.string().transform((text, context) => {
  const single = text.trim();
  const keys: unknown = /^\[\s*".*"\s*\]$/s.test(single) ? jsonOf(single) : [single];
  const known = z.array(z.string().regex(/\S/)).safeParse(single === '' ? [] : keys);
  if (!known.success) context.addIssue('must be one key, or a list of keys in JSON: ["new key","old key"]');
  return (known.data ?? []).map((key) => new Secret(key));
});
const acls = ['none', ...objectAcls] as const;

const mebibyte = 1024 ** 2;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function encryptionKeyOf(text: string): EncryptionKey | undefined {
  const [, id, key] = /^([\w.-]{1,64}):([A-Za-z0-9+/]{43}=)$/.exec(text) ?? [];
  return id === undefined || key === undefined ? undefined : { id, key: new Secret(key) };
}

/** Every setting by its name in the environment: its grammar and its default. */
export const settings = z.object({
  LTD_KEEPER_PROFILE: oneOf(profiles).default('production'),
  LOG_LEVEL: oneOf(logLevels).optional(),
  HOST: z.string().default('0.0.0.0'),
  PORT: integer(0, 65_535).default(5000),
  LTD_METRICS_HOST: z.string().default('0.0.0.0'),
  LTD_METRICS_PORT: integer(0, 65_535).optional(),
  LTD_MAX_REQUESTS: integer(1, 100_000).default(1_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: url.optional(),
  LTD_KEEPER_URL: url.optional(),
  LTD_KEEPER_URL_SCHEME: oneOf(['http', 'https']).optional(),
  LTD_KEEPER_PROXY_FIX: flag.default(false),
  LTD_KEEPER_TRUST_X_FOR: integer(0, 10).default(1),
  LTD_KEEPER_TRUST_X_PROTO: integer(0, 10).default(1),
  LTD_KEEPER_TRUST_X_HOST: integer(0, 10).default(1),
  LTD_KEEPER_TRUST_X_PORT: integer(0, 10).default(0),
  DATABASE_URL: z
    .string('is not set: give the address of PostgreSQL, postgresql://user:password@host:5432/database')
    .regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// URL'),
  DATABASE_POOL_SIZE: integer(2, 200).default(10),
  DATABASE_CONNECTION_TIMEOUT_SECONDS: integer(1, 600).default(5),
  DATABASE_STATEMENT_TIMEOUT_SECONDS: integer(1, 600).default(30),
  DATABASE_LOCK_TIMEOUT_SECONDS: integer(1, 600).default(10),
  DATABASE_PREPARED_STATEMENTS: flag.default(true),
  LTD_KEEPER_SECRET_KEY: secretKeys.default([]),
  LTD_KEEPER_BOOTSTRAP_USER: z.string().optional(),
  LTD_KEEPER_BOOTSTRAP_PASSWORD: z.string().optional(),
  LTD_KEEPER_DEFAULT_GIT_REF: z.string().default('main'),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  AWS_REGION: z.string().optional(),
  AWS_ENDPOINT_URL_S3: url.optional(),
  AWS_ENDPOINT_URL: url.optional(),
  LTD_S3_ACL: oneOf(acls).default('public-read'),
  LTD_S3_CLIENT: oneOf(s3Clients).default('lean'),
  LTD_DIRECTORY_REDIRECTS: flag.default(true),
  LTD_UPLOAD_MAX_BYTES: integer(1, 5 * 1024 * mebibyte).optional(),
  LTD_S3_MAX_CONCURRENCY: integer(1, 4096).default(512),
  LTD_WORKER_QUEUES: someOf(Object.values(taskQueues)).default(Object.values(taskQueues)),
  TEMPORAL_DEPLOYMENT_NAME: z.string().optional(),
  TEMPORAL_WORKER_BUILD_ID: z.string().optional(),
  LTD_COPY_CONCURRENCY: integer(1, 4096).default(512),
  LTD_COPY_SLOTS: integer(1, 100).default(4),
  LTD_LEARN_SLOTS: integer(0, 100).default(2),
  LTD_MULTIPART_COPY_THRESHOLD: integer(5 * mebibyte, 5 * 1024 * mebibyte).default(64 * mebibyte),
  LTD_PURGE_DEPRECATED_AFTER_DAYS: integer(0, 36_500).optional(),
  LTD_ABANDONED_UPLOAD_HOURS: integer(1, 8_760).default(24),
  LTD_PURGE_ABANDONED_UPLOADS: flag.default(false),
  FASTLY_SERVICE_ID: z.string().optional(),
  FASTLY_KEY: z.string().optional(),
  LTD_FASTLY_API_URL: url.default('https://api.fastly.com'),
  LTD_DASHER_URL: url.optional(),
  LTD_EVENTS_URL: exactUrl.optional(),
  LTD_ROUTE53: flag.default(false),
  AWS_ENDPOINT_URL_ROUTE_53: url.optional(),
  LTD_TEMPORAL_ENCRYPTION_KEYS: encryptionKeys.default([]),
});

/** The name of a setting. */
export type SettingName = keyof z.output<typeof settings>;

/** Keeper's own name of a setting beside ours: either will do, both only with the same value. */
export const aliases: readonly (readonly [keeper: string, ours: SettingName])[] = [
  ['LTD_KEEPER_DB_URL', 'DATABASE_URL'],
  ['LTD_KEEPER_AWS_ID', 'AWS_ACCESS_KEY_ID'],
  ['LTD_KEEPER_AWS_SECRET', 'AWS_SECRET_ACCESS_KEY'],
  ['LTD_KEEPER_FASTLY_ID', 'FASTLY_SERVICE_ID'],
  ['LTD_KEEPER_FASTLY_KEY', 'FASTLY_KEY'],
];
