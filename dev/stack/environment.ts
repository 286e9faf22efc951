import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StackPorts } from './ports.js';
import type { StackSecrets } from './secrets.js';

/** All that decides the addresses and accounts of one stack. */
export interface StackFacts {
  readonly ports: StackPorts;
  readonly secrets: StackSecrets;
  readonly databaseUrl: string;
  /** The folder of the compiled API, worker and command line. */
  readonly code: string;
  /** Path of the `temporal` command. */
  readonly temporalCli: string;
  /** Ports of the API's processes beside the first. */
  readonly moreApiPorts: readonly number[];
  /** Settings of the API and the worker that outrank the stack's own. */
  readonly settings: Variables;
  /** The port of the metrics of the first process of the API, if they are wanted. */
  readonly metricsPort: number | undefined;
  /** Aborted when the start of the stack fails or is interrupted. */
  readonly signal: AbortSignal;
}

/** Names of the environment and their values. */
export type Variables = Readonly<Record<string, string>>;

/** The one bucket of the stack. */
export const bucket = 'ltd-dev';

const region = 'us-east-1';
const administrator = 'admin';
const fastlyService = 'dev-edge';

/** What a developer's programs need to use the stack: the lines of `$DEV_DIR/env`, but for the process ids. */
export function userVariables({ ports, secrets, databaseUrl, temporalCli }: StackFacts): Variables {
  const api = local(ports.api);
  return {
    LTD_KEEPER_URL: api,
    // The name that ltd-conveyor reads.
    LTD_HOST: api,
    LTD_USERNAME: administrator,
    LTD_PASSWORD: secrets.adminPassword,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: `127.0.0.1:${ports.temporal}`,
    TEMPORAL_UI_URL: local(ports.temporalUi),
    TEMPORAL_CLI: temporalCli,
    ...storeVariables(ports, secrets),
    LTD_BUCKET: bucket,
    // With the edge's port, so that the addresses that the service prints open.
    LTD_ROOT_DOMAIN: `localhost:${ports.edge}`,
    OBJECT_STORE_ADMIN_URL: local(ports.objectStoreAdmin),
    LTD_EDGE_URL: local(ports.edge),
    LTD_EDGE_PURGE_URL: local(ports.edgePurge),
  };
}

/** What configures the API, the worker and the command line. */
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

/** Where a process serves its metrics: two processes never share a port. `index` counts the APIs, then the workers. */
export function metricsVariables({ metricsPort }: Pick<StackFacts, 'metricsPort'>, index: number): Variables {
  if (metricsPort === undefined) return {};
  // Port 0 takes a free one, for each process another.
  const port = metricsPort === 0 ? 0 : metricsPort + index;
  return { LTD_METRICS_HOST: '127.0.0.1', LTD_METRICS_PORT: String(port) };
}

/** What configures the edge. */
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

/** What configures the object store. */
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

/** Whatever a shell that has read some stack's `env` passes on would aim our programs at that stack. */
const ours =
  /^(AWS_|TEMPORAL_|FASTLY_|OBJECT_STORE_|DATABASE_URL$|PORT$|HOST$|LTD_(HOST|USERNAME|PASSWORD|BUCKET|ROOT_DOMAIN|EDGE_|FASTLY_|METRICS_|KEEPER_(URL|DB_URL|AWS_|FASTLY_|BOOTSTRAP_|SECRET_KEY|PROFILE)))/;

/**
 * Where Node.js writes which code ran: it takes a fifth more CPU for that, and what a stack runs is tested elsewhere,
 * too.
 */
const coverage = 'NODE_V8_COVERAGE';

/** The whole environment of a program of the stack: the developer's own, but for what the stack decides. */
export function programEnvironment(inherited: NodeJS.ProcessEnv, variables: Variables): NodeJS.ProcessEnv {
  const kept = Object.entries(inherited).filter(([name]) => !ours.test(name) && name !== coverage);
  return { ...Object.fromEntries(kept), AWS_EC2_METADATA_DISABLED: 'true', ...variables };
}

/** Writes `$DEV_DIR/env`, whole or not at all: lines that a shell can source. */
export async function writeEnvFile(folder: string, variables: Variables): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}\n`);
  const draft = join(folder, 'env.draft');
  await writeFile(draft, lines.join(''), { mode: 0o600 });
  await rename(draft, join(folder, 'env'));
}

/** Says to whoever waits for the file that nothing is up. */
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

/** Bare where that is enough, so that other readers than a shell manage, too. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
