import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { Secret } from '../../src/config/secret.js';
import { createKnex } from '../../src/db/knex.js';
import { User } from '../../src/db/models/user.js';
import { createLogger } from '../../src/observability/logger.js';
import { type BootstrapDeps, ensureBootstrapUser, usernameProblem } from '../../src/services/create-user.js';
import { createPasswordHasher } from '../../src/services/hash-password.js';
import { testCost } from '../support/api.js';
import { createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('usernameProblem', () => {
  for (const name of ['ci', 'Jürgen 🐶', 'a@example.org', "o'neil", 'x'.repeat(255)])
    it(`accepts the user name ${name.slice(0, 20)}`, () => {
      assert.equal(usernameProblem(name), undefined);
    });

  const refused: readonly (readonly [what: string, name: string, problem: RegExp])[] = [
    ['no characters', '', /empty/],
    ['a colon', 'a:b', /colon/],
    ['256 characters', 'x'.repeat(256), /255/],
    ['a null character', 'a\0b', /control/],
    ['a line break', 'a\nb', /control/],
    ['half a surrogate pair', 'a\ud800', /control/],
    ['a leading space', ' a', /white space/],
    ['a trailing space', 'a ', /white space/],
  ];
  for (const [what, name, problem] of refused)
    it(`refuses a user name with ${what}`, () => {
      assert.match(usernameProblem(name) ?? '', problem);
    });
});

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
