import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter, type PayloadCodec } from '@temporalio/common';
import pg from 'pg';
import { type StackAccess, stackAccess } from '../client/stack-access.js';
import { buildRoot } from '../../scripts/paths.js';
import type { StackOptions } from '../stack/options.js';
import { type Stack, startStack } from '../stack/start-stack.js';
import { type Outside, startOutside } from './outside/start-outside.js';
import { poolSize } from './pool-size.js';
import type { Recorder } from './recorder.js';

const run = promisify(execFile);

/** A stack to be hurt: two of the API, two workers, and servers of ours wherever the service calls out. */
export interface ChaosStack {
  readonly folder: string;
  readonly stack: Stack;
  readonly access: StackAccess;
  readonly outside: Outside;
  /** The folder where files make the clocks of processes jump (`faults/jumping-clock.ts`). */
  readonly clocks: string;
  /** Of the observer, who is not part of what is tested. */
  readonly database: pg.Pool;
  readonly store: S3Client;
  readonly temporal: Client;
  /** Runs the real `temporal` command and answers what it printed. */
  readonly command: (...args: readonly string[]) => Promise<string>;
  /** Sends a request to the object store's fault injector and answers its body. */
  readonly injector: (method: string, path: string, body?: unknown) => Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Every request to the store takes so long, that a copy of thirty objects can be caught in its middle. Milliseconds.
 */
const storeLatency = 60;

/** Enough for four pools and the observer; few enough to be taken in a moment (`faults/database-faults.ts`). */
const maxConnections = 60;

/** The encoding of payloads that no process of the stack can decode. */
export const undecodable = 'binary/encrypted';

/** Lets chaos itself read the runs whose memo a fault made undecodable. */
const undecodableAsText: PayloadCodec = {
  encode: (payloads) => Promise.resolve(payloads),
  decode: (payloads) =>
    Promise.resolve(
      payloads.map((payload) =>
        Buffer.from(payload.metadata?.['encoding'] ?? []).toString() === undecodable
          ? defaultPayloadConverter.toPayload('undecodable')
          : payload,
      ),
    ),
};

/** The `temporal` command may take so long on a busy machine. Milliseconds. */
const commandPatience = 30_000;

/** Few at a time, for the same reason. */
const settings = {
  LTD_COPY_CONCURRENCY: '4',
  // The least: objects of a few megabytes are copied in parts.
  LTD_MULTIPART_COPY_THRESHOLD: String(5 * 1024 ** 2),
  LOG_LEVEL: 'info',
  DATABASE_POOL_SIZE: String(poolSize),
};

/** How a stack is started. */
export interface ChaosStackOptions {
  /** Where its state is. */
  readonly folder: string;
  /** Whether dashboards are built by LTD Dasher; else by the service itself. */
  readonly hasDasher: boolean;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly report: (line: string) => void;
}

/** Starts it on free ports. */
export async function startChaosStack(options: ChaosStackOptions): Promise<ChaosStack> {
  const { folder } = options;
  const clocks = join(folder, 'clocks');
  await mkdir(clocks, { recursive: true });
  const outside = await startOutside(options.recorder);
  const stack = await startWithin(outside, options, clocks);
  const variables = stack.variables();
  const variable = (name: string): string => variables[name] ?? '';
  outside.forwardPurgesTo(variable('LTD_EDGE_PURGE_URL'));
  const access = stackAccess(variables);
  outside.giveCredentials(access.store.credentials);
  const database = new pg.Pool({
    connectionString: variable('DATABASE_URL'),
    max: 4,
    application_name: observerName,
  });
  // A connection that a killed server cut while it was idle; the next query makes another.
  database.on('error', () => undefined);
  const store = new S3Client({
    ...access.store,
    forcePathStyle: true,
    maxAttempts: 4,
    requestHandler: { requestTimeout: 10_000, throwOnRequestTimeout: true },
  });
  const address = variable('TEMPORAL_ADDRESS');
  const connection = Connection.lazy({ address });
  const environment = { PATH: process.env['PATH'], HOME: join(folder, 'logs') };
  return {
    folder,
    stack,
    access,
    outside,
    clocks,
    database,
    store,
    temporal: new Client({ connection, dataConverter: { payloadCodecs: [undecodableAsText] } }),
    command: async (...args) => {
      const options = { env: environment, timeout: commandPatience };
      const { stdout } = await run(variable('TEMPORAL_CLI'), [...args, '--address', address], options);
      return stdout;
    },
    injector: (method, path, body) => sendToInjector(`${variable('OBJECT_STORE_ADMIN_URL')}${path}`, method, body),
    stop: async () => {
      store.destroy();
      await Promise.allSettled([database.end(), connection.close()]);
      await stack.stop();
      await outside.close();
    },
  };
}

async function startWithin(
  outside: Outside,
  { folder, hasDasher, report }: ChaosStackOptions,
  clocks: string,
): Promise<Stack> {
  const { cdn, receiver, dasher, credentials } = outside.servers;
  const variables = {
    ...settings,
    LTD_FASTLY_API_URL: cdn.url,
    LTD_EVENTS_URL: receiver.url,
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${credentials.url}/v1/credentials`,
    ...(hasDasher ? { LTD_DASHER_URL: dasher.url } : {}),
    NODE_OPTIONS: `--import=${pathToFileURL(join(buildRoot, 'dev', 'chaos', 'faults', 'jumping-clock.js')).href}`,
    CHAOS_CLOCKS: clocks,
  };
  const options: StackOptions = {
    folder,
    ports: 'auto',
    s3LatencyMs: storeLatency,
    counts: { api: 2, worker: 2 },
    settings: variables,
    maxConnections,
  };
  try {
    return await startStack(options, report);
  } catch (error) {
    await outside.close();
    throw error;
  }
}

/** What `pg_stat_activity` calls the observer's connections. */
export const observerName = 'chaos observer';

async function sendToInjector(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(5_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`The injector answered ${method} ${url} with ${response.status}: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
