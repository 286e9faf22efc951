import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Knex } from 'knex';
import request, { type Agent, type Test } from 'supertest';
import { createApiMetrics } from '../../src/api/api-metrics.js';
import { createApp } from '../../src/api/app.js';
import type { ApiDeps } from '../../src/api/deps.js';
import { createHttpServer } from '../../src/api/http/server.js';
import { createKnex } from '../../src/db/knex.js';
import { insertUser } from '../../src/db/queries/users.js';
import { createRowsByKey } from '../../src/db/rows-by-key.js';
import { parsePermissions } from '../../src/domain/permissions.js';
import { createUploadSigner } from '../../src/integrations/object-store/presigned-post.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import { createLogger } from '../../src/observability/logger.js';
import { Secret } from '../../src/config/secret.js';
import { createPasswordHasher } from '../../src/services/hash-password.js';
import { createTokenSigner } from '../../src/services/issue-token.js';
import type { DashboardSignal, DomainStart, EditionSignal, ManifestSignal } from '../../src/services/ports.js';
import { createSignInGuard } from '../../src/services/sign-in-guard.js';
import { TaskWatches } from '../../src/services/task-watches.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from './database.js';
import { storeAccess } from './servers.js';

/** The real app over a real database. Temporal is replaced by a record of the signals, and the bucket by none. */
export interface TestApi {
  readonly deps: ApiDeps;
  readonly knex: Knex;
  readonly database: TestDatabase;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly port: number;
  /** For requests: `api.http.get('/products/')`. */
  readonly http: Agent;
  /** The workflows that services signalled, in order. */
  readonly signalled: {
    readonly editions: EditionSignal[];
    readonly dashboards: DashboardSignal[];
    readonly builds: ManifestSignal[];
    readonly domains: DomainStart[];
  };
  /** Adds a user whose password is `pug`. Permissions as words, or `none`. */
  addUser(username: string, permissions: string): Promise<void>;
  /** A token of a user with these permissions, words or `none`. */
  token(permissions: string): Promise<string>;
  /** A client that sends such a token with each request. */
  as(permissions: string): Promise<TestClient>;
  close(): Promise<void>;
}

/** Sends requests as one user; a body is sent as JSON. */
export interface TestClient {
  get(path: string): Test;
  post(path: string, body?: object): Test;
  patch(path: string, body?: object): Test;
  delete(path: string): Test;
}

/** The JSON object in a response. */
export function bodyOf(response: { readonly body: unknown }): Record<string, unknown> {
  assert.ok(typeof response.body === 'object' && response.body !== null);
  return response.body as Record<string, unknown>; // any object has string keys
}

/** Cheap, so that tests do not wait for scrypt. */
export const testCost = { logN: 10, r: 8, p: 1 } as const;

/**
 * Starts the app on a free port with a database of its own. Each answer is compared with the declaration of its route.
 */
export async function startTestApi(overrides: Partial<ApiDeps> = {}): Promise<TestApi> {
  const database = await createTestDatabase();
  const knex = createKnex({ url: database.url, applicationName: 'test api', poolSize: 4, prepares: true });
  const signalled: TestApi['signalled'] = { editions: [], dashboards: [], builds: [], domains: [] };
  const deps = { ...testDeps(knex, signalled), ...overrides };
  const server = createHttpServer(createApp(deps).callback());
  const port = await listen(server);
  const http = request.agent(server);
  const users = new Map<string, string>();
  const addUser = async (username: string, permissions: string): Promise<void> => {
    await insertUser(knex, {
      username,
      password_hash: await deps.passwords.hash('pug'),
      permissions: permissions === 'none' ? 0 : parsePermissions(permissions),
    });
  };
  const token = async (permissions: string): Promise<string> => {
    const known = users.get(permissions);
    if (known !== undefined) return known;
    const username = `user with ${permissions}`;
    await addUser(username, permissions);
    const fresh = String(bodyOf(await http.get('/token').auth(username, 'pug').expect(200))['token']);
    users.set(permissions, fresh);
    return fresh;
  };
  return {
    deps,
    knex,
    database,
    baseUrl: `http://127.0.0.1:${port}`,
    port,
    http,
    signalled,
    addUser,
    token,
    as: async (permissions) => clientOf(http, await token(permissions)),
    async close() {
      server.close().closeAllConnections();
      await knex.destroy();
      await dropTestDatabase(database);
    },
  };
}

function testDeps(knex: Knex, signalled: TestApi['signalled']): ApiDeps {
  const logger = createLogger({ level: 'silent', name: 'test' });
  return {
    ...createApiMetrics({ knex, logger, pausedRuns: () => Promise.resolve(0), served: false }),
    knex,
    rows: createRowsByKey(knex),
    logger,
    // Signals are recorded before the answer arrives.
    background: (work) => work,
    workflows: {
      signalEdition: (wake) => {
        signalled.editions.push(wake);
        return Promise.resolve();
      },
      signalDashboard: (wake) => {
        signalled.dashboards.push(wake);
        return Promise.resolve();
      },
      signalManifest: (wake) => {
        signalled.builds.push(wake);
        return Promise.resolve();
      },
      startDomain: (start) => {
        signalled.domains.push(start);
        return Promise.resolve();
      },
    },
    tasks: new TaskWatches({
      knex,
      observer: { observe: () => Promise.resolve(null), stateOf: () => Promise.resolve('closed') },
    }),
    uploads: createUploadSigner({
      // Signing sends nothing, so no store is needed.
      client: createS3Client({ endpoint: 'http://store.test:9000', ...storeAccess }),
      acl: 'public-read',
    }),
    // As in an empty bucket.
    folders: { isOccupied: () => Promise.resolve(false), isMissing: () => Promise.resolve(false) },
    tokens: createTokenSigner({ keys: [new Secret('key of the tests')] }),
    passwords: createPasswordHasher(testCost),
    signIns: createSignInGuard(),
    http: { baseUrl: null, scheme: null, trust: { for: 0, proto: 0, host: 0, port: 0 } },
    maxRequests: 1_000,
    defaultGitRef: 'main',
    registersDomains: false,
    version: '1.24.0',
    probes: {},
    stopping: new AbortController().signal,
    checkResponses: true,
  };
}

function clientOf(http: Agent, token: string): TestClient {
  return {
    get: (path) => http.get(path).auth(token, ''),
    post: (path, body = {}) => http.post(path).auth(token, '').send(body),
    patch: (path, body = {}) => http.patch(path).auth(token, '').send(body),
    delete: (path) => http.delete(path).auth(token, ''),
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port; // a TCP port, not a pipe
}
