import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { createApiMetrics } from '../../src/api/api-metrics.js';
import { createApp } from '../../src/api/app.js';
import type { ApiDeps } from '../../src/api/deps.js';
import { createHttpServer } from '../../src/api/http/server.js';
import { createKnex } from '../../src/db/knex.js';
import { insertUser } from '../../src/db/queries/users.js';
import { createRowsByKey } from '../../src/db/rows-by-key.js';
import { allPermissions } from '../../src/domain/permissions.js';
import { createBuildFolders } from '../../src/integrations/object-store/build-folders.js';
import { createUploadSigner } from '../../src/integrations/object-store/presigned-post.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import { createTemporalClient } from '../../src/integrations/temporal/connect.js';
import { countPausedRuns } from '../../src/integrations/temporal/pauses.js';
import { createRebuildObserver } from '../../src/integrations/temporal/rebuild-observer.js';
import { createWorkflowStarter } from '../../src/integrations/temporal/workflow-starter.js';
import { createLogger } from '../../src/observability/logger.js';
import { dataConverter } from '../../src/payload-codec/data-converter.js';
import type { EncryptionKey } from '../../src/config/settings/temporal.js';
import { Secret } from '../../src/config/secret.js';
import { createPasswordHasher } from '../../src/services/hash-password.js';
import { createTokenSigner } from '../../src/services/issue-token.js';
import { createSignInGuard } from '../../src/services/sign-in-guard.js';
import { TaskWatches } from '../../src/services/task-watches.js';
import { testCost } from './api.js';
import { createTestBucket, type TestBucket } from './bucket.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from './database.js';
import { createTestNamespace, type TestNamespace } from './namespace.js';

/** An answer of the API, with the parts that clients depend on. */
export interface GivenAnswer {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly location: string | undefined;
}

/** The whole service without its worker: the real API, database, bucket and Temporal server. */
export interface TestKeeper {
  readonly baseUrl: string;
  /** The token of an administrator named `admin` with the password `pug`. */
  readonly token: string;
  /** The key that signs tokens. */
  readonly signingKey: string;
  readonly knex: Knex;
  readonly database: TestDatabase;
  readonly bucket: TestBucket;
  readonly temporal: TestNamespace;
  readonly client: Client;
  /** All its answers, in order. */
  readonly answers: readonly GivenAnswer[];
  /** Runs at the end of the test, last first, for workers, receivers and others. */
  readonly cleanUp: (() => Promise<void>)[];
  /** The encryption keys of data for Temporal. */
  readonly encryptionKeys: readonly EncryptionKey[];
  /** Sends a request as an administrator. */
  request(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Options of a test's keeper. */
type TestKeeperSettings = Partial<Pick<ApiDeps, 'registersDomains'>> & {
  /** The encryption keys of data for Temporal. @default none: no encryption */
  readonly encryptionKeys?: readonly EncryptionKey[];
  /** Dropped with the keeper. @default a new one, as a superuser */
  readonly database?: TestDatabase;
};

/** The application name of the API's connections of a {@link TestKeeper}. */
export const testKeeperName = 'test keeper';

/** Starts everything but a worker. Test files share only the servers. */
export async function startTestKeeper({
  encryptionKeys = [],
  database: given,
  ...settings
}: TestKeeperSettings = {}): Promise<TestKeeper> {
  const temporal = await createTestNamespace();
  const bucket = await createTestBucket();
  const database = given ?? (await createTestDatabase());
  const knex = createKnex({ url: database.url, applicationName: testKeeperName, prepares: true });
  const temporalClient = createTemporalClient(
    { connectionOptions: { address: temporal.address }, namespace: temporal.namespace },
    dataConverter(encryptionKeys),
  );
  const { client } = temporalClient;
  const s3 = createS3Client({ ...bucket });
  const passwords = createPasswordHasher(testCost);
  const logger = createLogger({ level: 'silent', name: 'test' });
  const server = createHttpServer(
    createApp({
      ...createApiMetrics({ knex, logger, pausedRuns: () => countPausedRuns(client), served: false }),
      knex,
      rows: createRowsByKey(knex),
      logger,
      workflows: createWorkflowStarter(client),
      // Signals are sent before the answer arrives.
      background: (work) => work,
      tasks: new TaskWatches({ knex, observer: createRebuildObserver(client) }),
      uploads: createUploadSigner({ client: s3, acl: 'public-read' }),
      folders: createBuildFolders(s3),
      tokens: createTokenSigner({ keys: [new Secret(signingKey)] }),
      passwords,
      signIns: createSignInGuard(),
      http: { baseUrl: null, scheme: null, trust: { for: 0, proto: 0, host: 0, port: 0 } },
      maxRequests: 1_000,
      defaultGitRef: 'main',
      registersDomains: false,
      version: '1.24.0',
      probes: {},
      stopping: new AbortController().signal,
      checkResponses: true,
      ...settings,
    }).callback(),
  );
  const answers: GivenAnswer[] = [];
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.on('finish', () => answers.push(givenAnswer(request, response)));
  });
  const baseUrl = `http://127.0.0.1:${await listen(server)}`;
  await insertUser(knex, {
    username: 'admin',
    password_hash: await passwords.hash('pug'),
    permissions: allPermissions,
  });
  const token = await tokenOf(baseUrl);
  const cleanUp: TestKeeper['cleanUp'] = [];
  return {
    baseUrl,
    token,
    signingKey,
    knex,
    database,
    bucket,
    temporal,
    client,
    answers,
    encryptionKeys,
    cleanUp,
    request: (method, path, body) => sendRequest({ baseUrl, token }, { method, path, body }),
    async close() {
      for (const undo of cleanUp.reverse()) await undo();
      await new Promise((resolve) => {
        server.close(resolve).closeAllConnections();
      });
      s3.destroy();
      bucket.close();
      await temporalClient.close();
      await knex.destroy();
      await dropTestDatabase(database);
    },
  };
}

const signingKey = 'key of the tests';

function givenAnswer({ method = '', url = '' }: IncomingMessage, response: ServerResponse): GivenAnswer {
  const header = (name: string): string | undefined => response.getHeader(name)?.toString();
  return {
    method,
    path: url,
    status: response.statusCode,
    contentType: header('content-type'),
    location: header('location'),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // a TCP port, not a pipe
}

async function tokenOf(baseUrl: string): Promise<string> {
  const answer = await fetch(`${baseUrl}/token`, { headers: { authorization: basic('admin', 'pug') } });
  return ((await answer.json()) as { token: string }).token;
}

/** The value of an `Authorization` header. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Sends a request with a token, a body as JSON. */
export async function sendRequest(
  { baseUrl, token }: { baseUrl: string; token: string },
  { method, path, body }: { method: string; path: string; body: unknown },
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(new URL(path, baseUrl), {
    method,
    headers: { authorization: basic(token, ''), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}
