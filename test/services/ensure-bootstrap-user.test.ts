import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { createKnex } from '../../src/db/knex.js';
import { User } from '../../src/db/models/user.js';
import { createLogger } from '../../src/observability/logger.js';
import { Secret } from '../../src/config/secret.js';
import { type BootstrapDeps, ensureBootstrapUser } from '../../src/services/ensure-bootstrap-user.js';
import { createPasswordHasher } from '../../src/services/hash-password.js';
import { testCost } from '../support/api.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('ensureBootstrapUser', () => {
  let database: TestDatabase;
  let knex: Knex;
  let deps: BootstrapDeps;

  before(async () => {
    database = await createTestDatabase();
    knex = createKnex({ url: database.url });
    deps = {
      knex,
      passwords: createPasswordHasher(testCost),
      logger: createLogger({ level: 'silent', name: 'test' }),
    };
  });
  after(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  const configured = (username: string, password: string): { username: string; password: Secret } => ({
    username,
    password: new Secret(password),
  });

  it('creates the first administrator once, however many processes start at once', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ensureBootstrapUser(deps, configured('first', 'pug'))));
    const users = await User.query(knex).where({ username: 'first' });
    assert.deepEqual(
      users.map(({ permissions }) => permissions),
      [31],
    );
    assert.equal(await deps.passwords.verify('pug', users.at(0)?.password_hash), true);
  });

  it('keeps a password and permissions that were changed later', async () => {
    await ensureBootstrapUser(deps, configured('kept', 'one'));
    await User.query(knex).where({ username: 'kept' }).patch({ permissions: 8 });
    const before = await User.query(knex).findOne({ username: 'kept' });
    await ensureBootstrapUser(deps, configured('kept', 'two'));
    assert.deepEqual(await User.query(knex).findOne({ username: 'kept' }), before);
  });

  it('creates no administrator when none is configured', async () => {
    const count = await User.query(knex).resultSize();
    await ensureBootstrapUser(deps, null);
    assert.equal(await User.query(knex).resultSize(), count);
  });

  it('refuses a name that could never authenticate', async () => {
    await assert.rejects(ensureBootstrapUser(deps, configured('a:b', 'pug')), { code: 'invalid' });
  });
});
