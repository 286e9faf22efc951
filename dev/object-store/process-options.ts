import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { StoreCredentials } from './authenticate.js';
import type { InitialBucket, ObjectStoreOptions } from './options.js';

/** The environment variable of each flag. A flag outranks its variable. */
const variableOf = {
  'data-dir': 'OBJECT_STORE_DATA_DIR',
  host: 'OBJECT_STORE_HOST',
  port: 'OBJECT_STORE_PORT',
  'admin-port': 'OBJECT_STORE_ADMIN_PORT',
  region: 'OBJECT_STORE_REGION',
  /** `<access key id>:<secret access key>`, several with commas. */
  credentials: 'OBJECT_STORE_CREDENTIALS',
  /** `<name>[:public-read][:acls-disabled]`, several with commas. */
  buckets: 'OBJECT_STORE_BUCKETS',
  'latency-ms': 'OBJECT_STORE_LATENCY_MS',
  'single-copy-limit': 'OBJECT_STORE_SINGLE_COPY_LIMIT',
  'minimum-part-size': 'OBJECT_STORE_MINIMUM_PART_SIZE',
  seed: 'OBJECT_STORE_SEED',
} as const;

type Setting = keyof typeof variableOf;

const count = z.coerce.number().int().nonnegative();
const port = count.max(65_535);

const schema = z.object({
  'data-dir': z.string().min(1),
  host: z.string().min(1).optional(),
  port: port.optional(),
  'admin-port': port.optional(),
  region: z.string().min(1).default('us-east-1'),
  credentials: z
    .string()
    .transform(splitList)
    .pipe(z.array(z.string().transform(parseCredentials)).min(1)),
  buckets: z
    .string()
    .default('')
    .transform(splitList)
    .pipe(z.array(z.string().transform(parseBucket))),
  'latency-ms': z.coerce.number().nonnegative().optional(),
  'single-copy-limit': count.optional(),
  'minimum-part-size': count.optional(),
  seed: count.optional(),
});

/**
 * Reads the options of the store's process from its flags and environment. Throws one error that names every wrong
 * option with its flag and variable, without secrets.
 */
export function readProcessOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ObjectStoreOptions {
  const names = Object.keys(variableOf) as Setting[];
  const flags = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  }).values;
  const given = names.map((name) => [name, flags[name] ?? env[variableOf[name]]] as const);
  const parsed = schema.safeParse(Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== '')));
  if (!parsed.success) throw new Error(`The object store cannot start.\n${describe(parsed.error)}`);
  const { data } = parsed;
  return {
    dataDir: data['data-dir'],
    region: data.region,
    credentials: data.credentials,
    buckets: data.buckets,
    ...(data.host === undefined ? {} : { host: data.host }),
    ...(data.port === undefined ? {} : { port: data.port }),
    ...(data['admin-port'] === undefined ? {} : { adminPort: data['admin-port'] }),
    ...(data['latency-ms'] === undefined ? {} : { latencyMs: data['latency-ms'] }),
    ...(data['single-copy-limit'] === undefined ? {} : { singleCopyLimit: data['single-copy-limit'] }),
    ...(data['minimum-part-size'] === undefined ? {} : { minimumPartSize: data['minimum-part-size'] }),
    ...(data.seed === undefined ? {} : { seed: data.seed }),
  };
}

function describe(error: z.ZodError): string {
  return error.issues
    .map(({ path: [name = ''], message }) => `--${String(name)} (${variableOf[name as Setting]}): ${message}`)
    .join('\n');
}

function splitList(text: string): string[] {
  return text.split(',').filter((entry) => entry !== '');
}

function parseCredentials(entry: string, context: z.RefinementCtx): StoreCredentials {
  const [accessKeyId, secretAccessKey, sessionToken] = entry.split(':');
  if (accessKeyId !== undefined && accessKeyId !== '' && secretAccessKey !== undefined && secretAccessKey !== '') {
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  }
  context.addIssue('must be <access key id>:<secret access key>[:<session token>], several with commas');
  return z.NEVER;
}

function parseBucket(entry: string, context: z.RefinementCtx): InitialBucket {
  const [name = '', ...traits] = entry.split(':');
  const unknown = traits.filter((trait) => trait !== 'public-read' && trait !== 'acls-disabled');
  if (name !== '' && unknown.length === 0) {
    return {
      name,
      publicRead: traits.includes('public-read'),
      aclsDisabled: traits.includes('acls-disabled'),
    };
  }
  context.addIssue('must be <name>[:public-read][:acls-disabled], several with commas');
  return z.NEVER;
}
