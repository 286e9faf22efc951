import { join } from 'node:path';
import type { ObjectStoreServer } from '../../dev/object-store/options.js';
import { startObjectStore } from '../../dev/object-store/start-object-store.js';
import { freePort } from '../../dev/free-port.js';
import { type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { temporalCli } from '../../dev/temporal-cli.js';
import { startTemporalServer, type TemporalServer } from '../../dev/temporal-server.js';
import { atEndOfRun } from './at-end-of-run.js';
import { type Moto, startMoto } from './moto.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';

/** The Temporal server of this test run. */
export interface TestTemporal {
  /** `host:port` for clients; namespace `default`. */
  readonly address: string;
  /** The path of the `temporal` command. */
  readonly cli: string;
}

/** The endpoint and the credentials of the object store of this test run. */
export const storeAccess = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'TESTACCESSKEYID00000', secretAccessKey: 'test-secret-access-key' },
} as const;

/** Credentials as a provider gives them to a pod; the object store of this test run accepts them, too. */
export const temporaryCredentials = {
  accessKeyId: 'TESTTEMPORARYKEY0000',
  secretAccessKey: 'temporary-secret-access-key',
  sessionToken: 'FwoG+test/==',
} as const;

/*
 * One server of each kind for a test run, started by the first test file that needs it, so that tests of pure functions
 * wait for none. Each test file has its own database, bucket and task queue.
 */
let folder: Promise<string> | undefined;
let postgres: Promise<PostgresServer> | undefined;
let temporal: Promise<{ readonly server: TemporalServer; readonly cli: string }> | undefined;
let objectStore: Promise<ObjectStoreServer> | undefined;
let moto: Promise<Moto> | undefined;

/** The PostgreSQL of this test run. Test files use `createTestDatabase`. */
export async function testPostgres(): Promise<PostgresServer> {
  postgres ??= testFolder().then(async (home) =>
    startPostgres({
      home: join(home, 'postgres'),
      logFile: join(home, 'postgres.log'),
      port: await freePort(),
      password: 'test',
      durable: false,
    }),
  );
  return postgres;
}

/** The Temporal server of this test run. Use task queues and workflow ids that no other test file uses. */
export async function testTemporal(): Promise<TestTemporal> {
  temporal ??= testFolder().then(async (home) => {
    const cli = await temporalCli();
    const logFile = join(home, 'temporal.log');
    return { cli, server: await startTemporalServer({ cli, logFile, port: await freePort() }) };
  });
  const { server, cli } = await temporal;
  return { address: server.address, cli };
}

/**
 * The object store of this test run, in this process. Test files use `createTestBucket`. A test that changes its
 * latency, clock or limits calls `faults.reset()` afterwards, since all test files share them.
 */
export async function testObjectStore(): Promise<ObjectStoreServer> {
  objectStore ??= testFolder().then((home) =>
    startObjectStore({
      dataDir: join(home, 'object-store'),
      credentials: [storeAccess.credentials, temporaryCredentials],
      region: storeAccess.region,
    }),
  );
  return objectStore;
}

/** moto, an S3 server by other authors, for this test run. Each test file uses a bucket of its own. */
export async function testMoto(): Promise<Moto> {
  moto ??= startMoto();
  return moto;
}

/** A folder for the files of this test run; deleted when it ends. */
export async function testFolder(): Promise<string> {
  folder ??= temporaryFolder('ltd-keeper-test');
  return folder;
}

async function stopServers(): Promise<void> {
  // A server that could not be started has reported that already, and must not keep the others running.
  await Promise.allSettled([
    postgres?.then((server) => server.stop()),
    temporal?.then(({ server }) => server.stop()),
    objectStore?.then((store) => store.close()),
    moto?.then((server) => server.close()),
  ]);
}

atEndOfRun(stopServers);
