import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { freePort } from '../../dev/free-port.js';
import { createKnex } from '../../src/db/knex.js';
import { User } from '../../src/db/models/user.js';
import { createPasswordHasher } from '../../src/services/hash-password.js';
import { cli, type CliOptions, type CliResult } from '../support/cli.js';
import { createEmptyDatabase, createTestDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';

describe('the command line', () => {
  let database: TestDatabase;
  let knex: Knex;

  before(async () => {
    database = await createTestDatabase();
    knex = createKnex({ url: database.url });
  });
  after(async () => {
    await knex.destroy();
    await dropTestDatabase(database);
  });

  function run(args: string, options: Omit<CliOptions, 'env'> = {}): Promise<CliResult> {
    return cli(args.split(' '), { ...options, env: { DATABASE_URL: database.url } });
  }

  async function userOf(username: string): Promise<User | undefined> {
    return User.query(knex).findOne({ username });
  }

  async function hasPassword(username: string, password: string): Promise<boolean> {
    return createPasswordHasher().verify(password, (await userOf(username))?.password_hash);
  }

  describe('user create', () => {
    it('creates a user with the permissions and the password from standard input', async () => {
      const result = await run('user create ci --permissions product,edition,upload --password-stdin', {
        stdin: 'pass wörd\n',
      });
      assert.deepEqual(result, {
        code: 0,
        stdout: 'User ci is made, with permissions product,edition,upload.\n',
        stderr: '',
      });
      assert.equal((await userOf('ci'))?.permissions, 2 + 4 + 8);
      assert.equal(await hasPassword('ci', 'pass wörd'), true);
    });

    it('asks twice for the password at a terminal, and echoes nothing', async () => {
      const result = await run('user create typist --permissions all', { typed: ['s3cret\n', 's3cret\n'] });
      assert.equal(result.code, 0);
      assert.equal(result.stderr, 'Password: \nThe same again: \n');
      assert.doesNotMatch(result.stdout, /s3cret/);
      assert.equal(await hasPassword('typist', 's3cret'), true);
    });

    const refusals: readonly (readonly [
      what: string,
      args: string,
      input: Omit<CliOptions, 'env'>,
      code: number,
      message: RegExp,
    ])[] = [
      ['two passwords that differ', 'user create x --permissions all', { typed: ['a\n', 'b\n'] }, 1, /differ/],
      ['Ctrl-C at the question', 'user create x --permissions all', { typed: ['\u0003'] }, 1, /No password/],
      ['Ctrl-D at the question', 'user create x --permissions all', { typed: ['\u0004'] }, 1, /No password/],
      ['no terminal to prompt at', 'user create x --permissions all', {}, 1, /use --password-stdin/],
      ['an empty password', 'user create x --permissions all --password-stdin', { stdin: '\n' }, 1, /empty/],
      [
        'a password that is not UTF-8',
        'user create x --permissions all --password-stdin',
        { stdin: Buffer.from([0xff]) },
        1,
        /not UTF-8/,
      ],
      ['a colon', 'user create a:b --permissions all --password-stdin', { stdin: 'a' }, 1, /colon/],
      ['no permissions', 'user create x --password-stdin', { stdin: 'a' }, 2, /--permissions/],
      [
        'an unknown permission',
        'user create x --permissions upload,root --password-stdin',
        { stdin: 'a' },
        2,
        /'root' is not a permission\. Use any of user, product, edition, upload, deprecate, or all/,
      ],
      ['no name', 'user create --permissions all', {}, 2, /missing required argument 'name'/],
      [
        'an unknown option',
        'user create x --permissions all --pasword-stdin',
        {},
        2,
        /unknown option '--pasword-stdin'/,
      ],
    ];
    for (const [what, args, input, code, message] of refusals) {
      it(`refuses ${what} in \`user create\``, async () => {
        const result = await run(args, input);
        assert.equal(result.code, code);
        assert.match(result.stderr, message);
        assert.doesNotMatch(result.stderr, /\n\s+at /, 'a stack trace');
        assert.equal(await userOf('x'), undefined);
      });
    }

    it('refuses a name that is taken, and keeps the existing user', async () => {
      await run('user create taken --permissions upload --password-stdin', { stdin: 'first' });
      const result = await run('user create taken --permissions all --password-stdin', { stdin: 'second' });
      assert.deepEqual([result.code, result.stderr], [1, 'There is a user taken already.\n']);
      assert.equal(await hasPassword('taken', 'first'), true);
    });
  });

  it('lists users with their permissions', async () => {
    await run('user create lister --permissions upload,deprecate --password-stdin', { stdin: 'a' });
    const { stdout } = await run('user list');
    assert.match(stdout, /^NAME +PERMISSIONS +CREATED\n/);
    assert.match(stdout, /^lister +upload,deprecate +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
    assert.doesNotMatch(stdout, /scrypt/);
  });

  it('replaces the permissions of a user', async () => {
    await run('user create promoted --permissions upload --password-stdin', { stdin: 'a' });
    const { stdout } = await run('user set-permissions promoted --permissions all');
    assert.equal(stdout, 'User promoted has permissions all.\n');
    assert.equal((await userOf('promoted'))?.permissions, 31);
  });

  it("replaces a password, and the key of the user's tokens", async () => {
    await run('user create changed --permissions all --password-stdin', { stdin: 'old' });
    const before = await userOf('changed');
    assert.equal((await run('user set-password changed --password-stdin', { stdin: 'new' })).code, 0);
    assert.equal(await hasPassword('changed', 'new'), true);
    assert.notEqual((await userOf('changed'))?.token_key, before?.token_key);
  });

  it('deletes a user by name', async () => {
    await run('user create removed --permissions all --password-stdin', { stdin: 'a' });
    assert.equal((await run('user delete removed')).code, 0);
    assert.equal(await userOf('removed'), undefined);
  });

  for (const args of [
    'user delete nobody',
    'user set-permissions nobody --permissions all',
    'user set-password nobody --password-stdin',
  ]) {
    it(`answers that the user does not exist: ${args}`, async () => {
      const result = await run(args, { stdin: 'a' });
      assert.deepEqual([result.code, result.stderr], [1, 'There is no user nobody.\n']);
    });
  }

  describe('migrate', () => {
    it('migrates an empty database to the newest schema once, also from several processes at once', async () => {
      const empty = await createEmptyDatabase();
      try {
        const env = { DATABASE_URL: empty.url };
        const results = await Promise.all([cli(['migrate'], { env }), cli(['migrate'], { env })]);
        assert.deepEqual(
          results.map(({ code, stderr }) => [code, stderr]),
          [
            [0, ''],
            [0, ''],
          ],
        );
        const said = results.map(({ stdout }) => stdout).toSorted();
        assert.equal(said[0], 'The schema is up to date.\n');
        assert.match(said[1] ?? '', /^applied 0001-initial\n/);
      } finally {
        await dropTestDatabase(empty);
      }
    });

    it('names the command `migrate` when the schema is missing', async () => {
      const empty = await createEmptyDatabase();
      try {
        const result = await cli(['user', 'list'], { env: { DATABASE_URL: empty.url } });
        assert.equal(result.code, 1);
        assert.match(result.stderr, /^The database schema is older .* Run 'ltd-keeper migrate', then start again\.\n$/);
      } finally {
        await dropTestDatabase(empty);
      }
    });
  });

  it('names the problems of the configuration', async () => {
    const result = await cli(['migrate'], { env: {} });
    assert.equal(result.code, 1);
    assert.match(result.stderr, /DATABASE_URL is not set/);
    assert.doesNotMatch(result.stderr, /\n\s+at /);
  });

  it('reports that the database does not answer, and why', async () => {
    const env = { DATABASE_URL: `postgresql://a:b@localhost:${await freePort()}/c` };
    const result = await cli(['migrate'], { env });
    assert.equal(result.code, 1);
    assert.match(result.stderr, /^The database does not answer.*ECONNREFUSED.*\n$/);
  });

  it('exits with 0 after --version and --help, and with 2 after an unknown command', async () => {
    assert.match((await cli(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.match((await cli(['--help'])).stdout, /Usage: ltd-keeper/);
    assert.match((await cli(['user', 'create', '--help'])).stdout, /--password-stdin/);
    assert.equal((await cli(['--help'])).code, 0);
    assert.equal((await cli(['frobnicate'])).code, 2);
    assert.equal((await cli(['user', 'frobnicate'])).code, 2);
    assert.equal((await cli([])).code, 2);
  });
});
