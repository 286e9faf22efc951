import assert from 'node:assert/strict';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../../dev/free-port.js';
import { ensureDatabase, type PostgresServer, startPostgres } from '../../dev/postgres.js';
import { isAlive, signalProcess } from '../../dev/process-group.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { eventually } from '../support/eventually.js';

async function ask(server: PostgresServer, database: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url(database) });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
}

describe('the development PostgreSQL', () => {
  let folder: string;
  let server: PostgresServer;
  const language = process.env['LANG'];

  const start = async (): Promise<PostgresServer> =>
    startPostgres({
      home: join(folder, 'post gres'),
      logFile: join(folder, 'postgres.log'),
      port: await freePort(),
      password: "it's @ secret/",
    });

  before(async () => {
    folder = await temporaryFolder('ltd-keeper-postgres-test');
    process.env['LANG'] = 'C';
    server = await start();
    await ensureDatabase(server, 'library');
  });

  after(async () => {
    if (language === undefined) delete process.env['LANG'];
    else process.env['LANG'] = language;
    await server.stop();
  });

  it('stores UTF-8 and sorts by bytes, whatever LANG says', async () => {
    assert.deepEqual(await ask(server, 'library', 'SHOW server_encoding'), ['UTF8']);
    assert.deepEqual(
      await ask(server, 'library', "SELECT name FROM (VALUES ('é'), ('Z'), ('a')) AS t(name) ORDER BY name"),
      ['Z', 'a', 'é'],
    );
  });

  it('listens on the address 127.0.0.1 alone', async () => {
    assert.deepEqual(await ask(server, 'library', 'SHOW listen_addresses'), ['127.0.0.1']);
    assert.deepEqual(await ask(server, 'library', 'SHOW unix_socket_directories'), ['']);
  });

  it('starts again with its data after kill -9', async () => {
    await ask(server, 'library', 'CREATE TABLE books AS SELECT 7 AS shelf');
    signalProcess(server.pid, 'SIGKILL');
    await server.exited;
    server = await start();
    await ensureDatabase(server, 'library');
    assert.deepEqual(await ask(server, 'library', 'SELECT shelf FROM books'), [7]);
  });

  it('replaces a predecessor that still runs on the same data', async () => {
    const predecessor = server;
    server = await start();
    await eventually('the predecessor to be gone', () => Promise.resolve(!isAlive(predecessor.pid)));
    assert.deepEqual(await ask(server, 'library', 'SELECT shelf FROM books'), [7]);
  });

  it('stops while a client is connected', async () => {
    const client = new pg.Client({ connectionString: server.url('library') });
    client.on('error', () => undefined);
    await client.connect();
    await server.stop();
    assert.equal(isAlive(server.pid), false);
    server = await start();
  });
});
