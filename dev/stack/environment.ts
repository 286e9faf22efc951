import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackPorts } from './ports.js';
import type { StackSecrets } from './secrets.js';

/** The facts that determine addresses and accounts of one stack. */
export interface StackFacts {
  readonly ports: StackPorts;
  readonly secrets: StackSecrets;
  readonly databaseUrl: string;
  /** The folder of the compiled API, worker and command line. */
  readonly code: string;
  /** Path of the `temporal` command. */
  readonly temporalCli: string;
  /** Ports of the API's further processes. */
  readonly moreApiPorts: readonly number[];
  /** Settings of the API and the worker that override the stack's own. */
  readonly settings: Variables;
  /** The metrics port of the API's first process; undefined for no metrics. */
  readonly metricsPort: number | undefined;
  /** Aborts when the start of the stack fails or is interrupted. */
  readonly signal: AbortSignal;
}

/** Environment variables. */
export type Variables = Readonly<Record<string, string>>;

/** The one bucket of the stack. */
export const bucket = 'ltd-dev';

const region = 'us-east-1';
const administrator = 'admin';
const fastlyService = 'dev-edge';

/** The variables of `$DEV_DIR/env` for a developer's programs, except the process ids. */
export function userVariables({ ports, secrets, databaseUrl, temporalCli }: StackFacts): Variables {
  const api = local(ports.api);
  return {
    LTD_KEEPER_URL: api,
    // ltd-conveyor reads this name.
    LTD_HOST: api,
    LTD_USERNAME: administrator,
    LTD_PASSWORD: secrets.adminPassword,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
    TEMPORAL_UI_URL: local(ports.temporalUi),
    TEMPORAL_CLI: temporalCli,
    ...storeVariables(ports, secrets),
    LTD_BUCKET: bucket,
    // With the edge's port, so that published URLs open.
    LTD_ROOT_DOMAIN: `localhost:${ports.edge}`,
    OBJECT_STORE_ADMIN_URL: local(ports.objectStoreAdmin),
    LTD_EDGE_URL: local(ports.edge),
    LTD_EDGE_PURGE_URL: local(ports.edgePurge),
  };
}

/** The variables of the API, the worker and the command line. */
export function serviceVariables({ ports, secrets, databaseUrl, settings }: StackFacts): Variables {
  return {
    LTD_KEEPER_PROFILE: 'development',
    HOST: '127.0.0.1',
    PORT: String(ports.api),
    DATABASE_URL: databaseUrl,
    LTD_KEEPER_SECRET_KEY: secrets.signingKey,
    LTD_KEEPER_BOOTSTRAP_USER: administrator,
    LTD_KEEPER_BOOTSTRAP_PASSWORD: secrets.adminPassword,
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
    ...storeVariables(ports, secrets),
    FASTLY_SERVICE_ID: fastlyService,
    FASTLY_KEY: secrets.fastlyKey,
    LTD_FASTLY_API_URL: local(ports.edgePurge),
    ...settings,
  };
}

/** The metrics address of a process; each has its own port. `index` counts the APIs, then the workers. */
export function metricsVariables({ metricsPort }: Pick<StackFacts, 'metricsPort'>, index: number): Variables {
  if (metricsPort === undefined) return {};
  // Port 0 takes a free port for each process.
  const port = metricsPort === 0 ? 0 : metricsPort + index;
  return { LTD_METRICS_HOST: '127.0.0.1', LTD_METRICS_PORT: String(port) };
}

/** The variables of the edge. */
export function edgeVariables({ ports, secrets }: StackFacts): Variables {
  return {
    ...storeVariables(ports, secrets),
    LTD_BUCKET: bucket,
    FASTLY_SERVICE_ID: fastlyService,
    FASTLY_KEY: secrets.fastlyKey,
    EDGE_PORT: String(ports.edge),
    EDGE_PURGE_PORT: String(ports.edgePurge),
  };
}

/** The variables of the object store. */
export function objectStoreVariables({ ports, secrets }: StackFacts, latency: number): Variables {
  return {
    OBJECT_STORE_PORT: String(ports.objectStore),
    OBJECT_STORE_ADMIN_PORT: String(ports.objectStoreAdmin),
    OBJECT_STORE_REGION: region,
    OBJECT_STORE_CREDENTIALS: `${secrets.accessKeyId}:${secrets.secretAccessKey}`,
    OBJECT_STORE_BUCKETS: bucket,
    OBJECT_STORE_LATENCY_MS: String(latency),
  };
}

/** Variables of another stack's `env` in the shell would point these programs at that stack. */
const ours =
  /^(AWS_|TEMPORAL_|FASTLY_|OBJECT_STORE_|DATABASE_URL$|PORT$|HOST$|LTD_(HOST|USERNAME|PASSWORD|BUCKET|ROOT_DOMAIN|EDGE_|FASTLY_|METRICS_|KEEPER_(URL|DB_URL|AWS_|FASTLY_|BOOTSTRAP_|SECRET_KEY|PROFILE)))/;

/** Node.js writes its coverage to this folder, which costs a fifth more CPU. Other tests cover a stack's code. */
const coverage = 'NODE_V8_COVERAGE';

/** The environment of a stack's program: the developer's, with the stack's variables. */
export function programEnvironment(inherited: NodeJS.ProcessEnv, variables: Variables): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !ours.test(name) && name !== coverage);
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: 'true', ...variables };
}

/** Writes `$DEV_DIR/env` atomically, as lines that a shell can source. */
export async function writeEnvFile(folder: string, variables: Variables): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}\n`);
  const draft = join(folder, 'env.draft');
  await writeFile(draft, lines.join(''), { mode: 0o600 });
  await rename(draft, join(folder, 'env'));
}

/** Removes the file, so that programs which poll for it see that the stack is down. */
export async function removeEnvFile(folder: string): Promise<void> {
  await rm(join(folder, 'env'), { force: true });
}

function storeVariables(ports: StackPorts, secrets: StackSecrets): Variables {
  return {
    AWS_ENDPOINT_URL_S3: local(ports.objectStore),
    AWS_ACCESS_KEY_ID: secrets.accessKeyId,
    AWS_SECRET_ACCESS_KEY: secrets.secretAccessKey,
    AWS_REGION: region,
  };
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}

/** Unquoted if possible, so that readers other than a shell can parse it. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
