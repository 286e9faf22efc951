import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKnex } from '../../src/db/knex.js';
import { migrate } from '../../src/db/migrate.js';
import { freePort } from '../../dev/free-port.js';
import { checkout } from '../paths.js';
import { startPostgres } from '../../dev/postgres.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { renderSchema } from './render-schema.js';

// Writes src/db/schema.sql from the migrations of an empty database.
const folder = await temporaryFolder('ltd-keeper-schema');
const server = await startPostgres({
  home: join(folder, 'postgres'),
  logFile: join(folder, 'postgres.log'),
  port: await freePort(),
  password: 'schema',
  durable: false,
});
const knex = createKnex({ url: server.url('postgres'), applicationName: 'schema' });
try {
  await migrate(knex);
  await writeFile(join(checkout, 'src', 'db', 'schema.sql'), await renderSchema(knex));
} finally {
  await knex.destroy();
  await server.stop();
}
