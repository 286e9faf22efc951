import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type Config, settings } from '../../src/config/config.js';
import type { Role, Setting } from '../../src/config/setting.js';
import { ConfigError, loadConfig, loadEncryptionKeys } from '../../src/config/load-config.js';

/** LTD Keeper 1.x's name of a setting, and ours. */
const aliases = Object.entries<Setting>(settings).flatMap(([name, { alias }]) =>
  alias === undefined ? [] : [[alias, name] as const],
);

type Environment = Readonly<Record<string, string | undefined>>;

/** The required settings of every program. */
const least: Environment = {
  DATABASE_URL: 'postgresql://keeper:pug@db.test/keeper',
  LTD_KEEPER_SECRET_KEY: 'a long random string',
};

/** For Temporal's payloads. */
const someKey = Buffer.alloc(32, 'a').toString('base64');
const otherKey = Buffer.alloc(32, 'b').toString('base64');

function load(env: Environment = {}, role: Role = 'api'): Config {
  return loadConfig(role, { ...least, ...env });
}

/** The problems of an environment, line by line. */
function problemsOf(env: Environment, role: Role = 'api'): readonly string[] {
  try {
    loadConfig(role, env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems;
  }
  return [];
}

describe('loadConfig', () => {
  it('requires few settings and has defaults for the others', () => {
    const config = load();
    assert.equal(config.databaseUrl.reveal(), least['DATABASE_URL']);
    assert.deepEqual(config.http, {
      host: '0.0.0.0',
      port: 5000,
      maxRequests: 1_000,
      baseUrl: null,
      scheme: null,
      trust: { for: 0, proto: 0, host: 0, port: 0 },
    });
    assert.deepEqual([config.metrics, config.tracesEndpoint], [null, null]);
    assert.deepEqual(config.s3, {
      endpoint: null,
      region: null,
      credentials: null,
      sessionToken: null,
      acl: 'public-read',
      directoryRedirects: true,
      uploadMaxBytes: null,
      client: 'lean',
      maxConcurrency: 512,
    });
    assert.deepEqual(config.copy, {
      concurrency: 512,
      slots: 4,
      manifestSlots: 2,
      multipartThreshold: 64 * 1024 ** 2,
    });
    assert.deepEqual(config.deletion, {
      deprecatedAfterDays: null,
      abandonedUploadHours: 24,
      abandonedUploads: false,
    });
    assert.deepEqual(
      [config.fastly, config.dasherUrl, config.bootstrapUser, config.databasePoolSize, config.defaultGitRef],
      [null, null, null, 10, 'main'],
    );
    assert.deepEqual([config.eventsUrl, config.route53, config.temporalEncryptionKeys], [null, null, []]);
  });

  it('opens a port for metrics when one is set', () => {
    assert.deepEqual(load({ LTD_METRICS_PORT: '9464' }).metrics, { host: '0.0.0.0', port: 9464 });
    const local = { LTD_METRICS_PORT: '0', LTD_METRICS_HOST: '127.0.0.1' };
    assert.deepEqual(load(local).metrics, { host: '127.0.0.1', port: 0 });
  });

  it('returns an object that cannot be changed', () => {
    assert.ok(Object.isFrozen(load()));
  });

  it('reads the environment of the process when none is given', () => {
    const before = process.env['DATABASE_URL'];
    process.env['DATABASE_URL'] = 'postgresql://of.the.process/';
    try {
      assert.equal(loadConfig('cli').databaseUrl.reveal(), 'postgresql://of.the.process/');
    } finally {
      if (before === undefined) delete process.env['DATABASE_URL'];
      else process.env['DATABASE_URL'] = before;
    }
  });

  /** A setting, and its parsed value. */
  type Case = readonly [env: Environment, of: (config: Config) => unknown, is: unknown];
  const revealedKeys = ({ secretKeys }: Config): unknown => secretKeys.map((key) => key.reveal());
  const read: readonly Case[] = [
    [{}, ({ logLevel }) => logLevel, 'info'],
    [{ LTD_KEEPER_PROFILE: 'production' }, ({ logLevel }) => logLevel, 'info'],
    [{ LTD_KEEPER_PROFILE: 'development' }, ({ logLevel }) => logLevel, 'debug'],
    [{ LTD_KEEPER_PROFILE: 'testing' }, ({ logLevel }) => logLevel, 'debug'],
    [{ LTD_KEEPER_PROFILE: 'testing', LOG_LEVEL: 'warn' }, ({ logLevel }) => logLevel, 'warn'],
    [{ LTD_KEEPER_URL: 'https://keeper.test/base//' }, ({ http }) => http.baseUrl, 'https://keeper.test/base'],
    [{ LTD_KEEPER_URL_SCHEME: 'https' }, ({ http }) => http.scheme, 'https'],
    [{ HOST: '127.0.0.1', PORT: '0' }, ({ http }) => [http.host, http.port], ['127.0.0.1', 0]],
    [{ LTD_KEEPER_TRUST_X_FOR: '3' }, ({ http }) => http.trust, { for: 0, proto: 0, host: 0, port: 0 }],
    [{ LTD_KEEPER_PROXY_FIX: '1' }, ({ http }) => http.trust, { for: 1, proto: 1, host: 1, port: 0 }],
    [
      { LTD_KEEPER_PROXY_FIX: 'True', LTD_KEEPER_TRUST_X_FOR: '2', LTD_KEEPER_TRUST_X_PORT: '1' },
      ({ http }) => http.trust,
      { for: 2, proto: 1, host: 1, port: 1 },
    ],
    [{ LTD_KEEPER_PROXY_FIX: 'off' }, ({ http }) => http.trust.for, 0],
    [{ DATABASE_POOL_SIZE: '25' }, ({ databasePoolSize }) => databasePoolSize, 25],
    [{}, ({ databaseTimeoutsMs }) => databaseTimeoutsMs, { connection: 5_000, statement: 30_000, lock: 10_000 }],
    [{ DATABASE_CONNECTION_TIMEOUT_SECONDS: '1' }, ({ databaseTimeoutsMs }) => databaseTimeoutsMs.connection, 1_000],
    [{ DATABASE_STATEMENT_TIMEOUT_SECONDS: '2' }, ({ databaseTimeoutsMs }) => databaseTimeoutsMs.statement, 2_000],
    [{ DATABASE_LOCK_TIMEOUT_SECONDS: '3' }, ({ databaseTimeoutsMs }) => databaseTimeoutsMs.lock, 3_000],
    [{ DATABASE_PREPARED_STATEMENTS: 'off' }, ({ databasePrepares }) => databasePrepares, false],
    [{}, ({ http }) => http.maxRequests, 1_000],
    [{ LTD_MAX_REQUESTS: '50' }, ({ http }) => http.maxRequests, 50],
    [{ LTD_KEEPER_DEFAULT_GIT_REF: 'master' }, ({ defaultGitRef }) => defaultGitRef, 'master'],
    [{ LTD_S3_ACL: 'none' }, ({ s3 }) => s3.acl, null],
    [{ LTD_S3_ACL: 'private' }, ({ s3 }) => s3.acl, 'private'],
    [{ LTD_DIRECTORY_REDIRECTS: 'no' }, ({ s3 }) => s3.directoryRedirects, false],
    [{ LTD_UPLOAD_MAX_BYTES: '1000' }, ({ s3 }) => s3.uploadMaxBytes, 1000],
    [
      { LTD_TEMPORAL_ENCRYPTION_KEYS: ` b:${otherKey}, a:${someKey}\n` },
      ({ temporalEncryptionKeys: keys }) => keys.map(({ id, key }) => [id, key.reveal()]),
      [
        ['b', otherKey],
        ['a', someKey],
      ],
    ],
    [{ LTD_S3_CLIENT: 'sdk' }, ({ s3 }) => s3.client, 'sdk'],
    [{ LTD_S3_MAX_CONCURRENCY: '100' }, ({ s3 }) => s3.maxConcurrency, 100],
    [{ AWS_REGION: 'eu-west-1' }, ({ s3 }) => s3.region, 'eu-west-1'],
    [{ AWS_ENDPOINT_URL: 'http://all.test' }, ({ s3 }) => s3.endpoint, 'http://all.test'],
    [
      { AWS_ENDPOINT_URL: 'http://all.test', AWS_ENDPOINT_URL_S3: 'http://s3.test:9000/' },
      ({ s3 }) => s3.endpoint,
      'http://s3.test:9000',
    ],
    [{ AWS_SESSION_TOKEN: 'session' }, ({ s3 }) => s3.sessionToken?.reveal(), 'session'],
    [
      { AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 'hush' },
      ({ s3 }) => [s3.credentials?.accessKeyId, s3.credentials?.secretAccessKey.reveal()],
      ['AKIA', 'hush'],
    ],
    [{}, ({ workerQueues }) => workerQueues, ['keeper', 'keeper-copy', 'keeper-manifests', 'keeper-events']],
    [
      { LTD_WORKER_QUEUES: 'keeper-copy, keeper-manifests' },
      ({ workerQueues }) => workerQueues,
      ['keeper-copy', 'keeper-manifests'],
    ],
    [
      {
        LTD_COPY_CONCURRENCY: '8',
        LTD_COPY_SLOTS: '2',
        LTD_MANIFEST_SLOTS: '0',
        LTD_MULTIPART_COPY_THRESHOLD: '5242880',
      },
      ({ copy }) => copy,
      { concurrency: 8, slots: 2, manifestSlots: 0, multipartThreshold: 5_242_880 },
    ],
    [
      {
        LTD_DELETE_DEPRECATED_AFTER_DAYS: '0',
        LTD_ABANDONED_UPLOAD_HOURS: '48',
        LTD_DELETE_ABANDONED_UPLOADS: 'true',
      },
      ({ deletion }) => deletion,
      { deprecatedAfterDays: 0, abandonedUploadHours: 48, abandonedUploads: true },
    ],
    [
      { FASTLY_SERVICE_ID: 'service', FASTLY_KEY: 'hush' },
      ({ fastly }) => [fastly?.serviceId, fastly?.key.reveal(), fastly?.apiUrl],
      ['service', 'hush', 'https://api.fastly.com'],
    ],
    [{ LTD_DASHER_URL: 'http://dasher.test/' }, ({ dasherUrl }) => dasherUrl, 'http://dasher.test'],
    // At exactly the configured address.
    [{ LTD_EVENTS_URL: 'http://e.test/hook/' }, ({ eventsUrl }) => eventsUrl?.reveal(), 'http://e.test/hook/'],
    [{ LTD_ROUTE53: 'yes' }, ({ route53 }) => route53, { endpoint: null }],
    [
      { LTD_ROUTE53: '1', AWS_ENDPOINT_URL: 'http://aws.test/' },
      ({ route53 }) => route53,
      { endpoint: 'http://aws.test' },
    ],
    [
      {
        LTD_ROUTE53: '1',
        AWS_ENDPOINT_URL: 'http://aws.test',
        AWS_ENDPOINT_URL_ROUTE_53: 'http://names.test/',
      },
      ({ route53 }) => route53,
      { endpoint: 'http://names.test' },
    ],
    // A key of LTD Keeper 1.x may have any text: it stays one key.
    ...[
      'new key of 17 byt,old key of 17 byt',
      'a key, with spaces',
      '["a key that begins so',
      '[a key in brackets]',
      '{"a":"key of an object"}',
      '"a key within quotes"',
    ].map((key): Case => [{ LTD_KEEPER_SECRET_KEY: key }, revealedKeys, [key]]),
    [{ LTD_KEEPER_SECRET_KEY: ' a key beside blanks\n' }, revealedKeys, ['a key beside blanks']],
    [
      { LTD_KEEPER_SECRET_KEY: '[ "a new key, of some bytes",\n"an old key: \\"quoted\\"" ]' },
      revealedKeys,
      ['a new key, of some bytes', 'an old key: "quoted"'],
    ],
    [{ LTD_KEEPER_SECRET_KEY: '["one key in a list"]' }, revealedKeys, ['one key in a list']],
    [{ LTD_KEEPER_SECRET_KEY: 'éééééééé' }, revealedKeys, ['éééééééé']],
    [{ LTD_KEEPER_PROFILE: 'testing', LTD_KEEPER_SECRET_KEY: 'short' }, revealedKeys, ['short']],
    [{ LTD_KEEPER_PROFILE: 'development', LTD_KEEPER_SECRET_KEY: 'x' }, revealedKeys, ['x']],
    [
      { LTD_KEEPER_BOOTSTRAP_USER: 'admin', LTD_KEEPER_BOOTSTRAP_PASSWORD: 'pug' },
      ({ bootstrapUser }) => [bootstrapUser?.username, bootstrapUser?.password.reveal()],
      ['admin', 'pug'],
    ],
    [{ PORT: '', LOG_LEVEL: '', LTD_KEEPER_URL: '' }, ({ http }) => [http.port, http.baseUrl], [5000, null]],
  ];
  for (const [env, of, is] of read)
    it(`reads ${print(env)} as ${JSON.stringify(is)}`, () => {
      assert.deepEqual(of(load(env)), is);
    });

  describe('settings of the connection to Temporal', () => {
    it('connects to Temporal as the temporal command would', () => {
      const { temporal } = load({
        TEMPORAL_ADDRESS: 'temporal.test:7233',
        TEMPORAL_NAMESPACE: 'docs',
        TEMPORAL_API_KEY: 'hush',
        TEMPORAL_GRPC_META_TEAM: 'docs',
      });
      assert.equal(temporal.namespace, 'docs');
      const { address, apiKey, tls, metadata } = temporal.connectionOptions;
      assert.deepEqual([address, apiKey, tls, metadata], ['temporal.test:7233', 'hush', true, { team: 'docs' }]);
    });

    it("uses Temporal's defaults when settings are missing or empty", () => {
      for (const env of [{}, { TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '', TEMPORAL_TLS_CLIENT_CERT_PATH: '' }]) {
        const { temporal } = load(env);
        const { address, tls } = temporal.connectionOptions;
        assert.deepEqual([temporal.namespace, address, tls], [undefined, undefined, undefined]);
      }
    });

    it('names problems of the settings for Temporal', () => {
      const problems = problemsOf({
        ...least,
        TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/such/file',
        TEMPORAL_TLS_CLIENT_CERT_DATA: 'a certificate',
      });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /^TEMPORAL_\*: .*client_cert/);
    });
  });

  it('reads the deployment version of a worker', () => {
    const named = { TEMPORAL_DEPLOYMENT_NAME: 'keeper', TEMPORAL_WORKER_BUILD_ID: '1.24.0' };
    assert.deepEqual(load(named).deployment, { name: 'keeper', buildId: '1.24.0' });
    assert.equal(load().deployment, null);
  });

  describe("LTD Keeper 1.x's names of settings", () => {
    const value = (name: string): string => (name === 'DATABASE_URL' ? 'postgresql://alias.test/' : 'aliased');
    /** Settings that must be set together. */
    const complete = {
      AWS_ACCESS_KEY_ID: 'aliased',
      AWS_SECRET_ACCESS_KEY: 'aliased',
      FASTLY_SERVICE_ID: 'aliased',
      FASTLY_KEY: 'aliased',
      DATABASE_URL: 'postgresql://alias.test/',
    };

    for (const [keeper, ours] of aliases) {
      it(`reads LTD Keeper 1.x's ${keeper} as ${ours}`, () => {
        const env = { ...complete, [ours]: undefined, [keeper]: value(ours) };
        assert.deepEqual(reveal(load(env)), reveal(load(complete)));
      });

      it(`accepts ${keeper} and ${ours} together with the same value only`, () => {
        const env = { ...least, ...complete, [keeper]: value(ours) };
        assert.deepEqual(problemsOf(env), []);
        assert.deepEqual(problemsOf({ ...env, [keeper]: `${value(ours)}-other` }), [
          `${keeper} and ${ours} are the same setting and have different values: keep one of them`,
        ]);
      });
    }

    it('uses the name from the environment in a problem', () => {
      const env = { ...least, DATABASE_URL: undefined, LTD_KEEPER_DB_URL: 'mysql://db.test/' };
      assert.deepEqual(problemsOf(env), ['LTD_KEEPER_DB_URL must be a postgresql:// URL']);
    });
  });

  describe('settings of one program', () => {
    it('names the settings that the API lacks', () => {
      assert.deepEqual(problemsOf({}), [
        'DATABASE_URL is not set: give the address of PostgreSQL, postgresql://user:password@host:5432/database',
        'LTD_KEEPER_SECRET_KEY is not set: give a long random string (openssl rand -hex 32), it signs the tokens',
      ]);
    });

    it('requires no token key for the worker and the command line', () => {
      for (const role of ['worker', 'cli'] as const) {
        assert.deepEqual(problemsOf({ DATABASE_URL: least['DATABASE_URL'] }, role), []);
        assert.equal(problemsOf({}, role).length, 1);
      }
    });

    it('treats a key of blanks as missing', () => {
      assert.match(
        problemsOf({ ...least, LTD_KEEPER_SECRET_KEY: ' \n ' })[0] ?? '',
        /^LTD_KEEPER_SECRET_KEY is not set/,
      );
    });

    for (const key of ['15 bytes: abcde', 'ééééééé!', '["a key of many bytes","15 bytes: abcde"]', ' 1234567890 \n'])
      it(`refuses the key ${JSON.stringify(key)} in production, which has less than 16 bytes`, () => {
        const problem =
          'LTD_KEEPER_SECRET_KEY holds a key of less than 16 bytes: give a long random string (openssl rand ' +
          '-hex 32), it signs the tokens';
        for (const profile of [undefined, 'production'])
          assert.deepEqual(problemsOf({ ...least, LTD_KEEPER_PROFILE: profile, LTD_KEEPER_SECRET_KEY: key }), [
            problem,
          ]);
      });
  });

  /** A setting, its problem, and an invalid value. */
  const wrong: readonly (readonly [name: string, value: string, problem: string])[] = [
    ['LTD_KEEPER_PROFILE', 'staging', 'must be one of development, testing, production'],
    ...['["new key of some bytes" "no comma"]', '["a key of some bytes",5,"x"]', '["a key of some bytes"," "]'].map(
      (list) =>
        ['LTD_KEEPER_SECRET_KEY', list, 'must be one key, or a list of keys in JSON: ["new key","old key"]'] as const,
    ),
    ['LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent'],
    ['PORT', '65536', 'must be from 0 to 65535'],
    ['PORT', '-1', 'must be a whole number'],
    ['PORT', '80.5', 'must be a whole number'],
    ['LTD_KEEPER_URL', 'keeper.test', 'must be an http or https URL'],
    ['LTD_KEEPER_URL', 'ftp://keeper.test', 'must be an http or https URL'],
    ['LTD_KEEPER_URL_SCHEME', 'gopher', 'must be one of http, https'],
    ['LTD_KEEPER_PROXY_FIX', 'maybe', 'must be true or false'],
    ['LTD_KEEPER_TRUST_X_FOR', '11', 'must be from 0 to 10'],
    ['DATABASE_URL', 'mysql://db.test/', 'must be a postgresql:// URL'],
    ['DATABASE_POOL_SIZE', '1', 'must be from 2 to 200'],
    ['LTD_S3_ACL', 'everybody', 'must be one of none, '],
    ['LTD_DIRECTORY_REDIRECTS', '2', 'must be true or false'],
    ['AWS_ENDPOINT_URL_S3', 's3.test', 'must be an http or https URL'],
    ['LTD_WORKER_QUEUES', 'copy', 'must be some of keeper, keeper-copy, keeper-manifests, keeper-events'],
    ['LTD_WORKER_QUEUES', 'keeper,', 'must be some of keeper, keeper-copy, keeper-manifests, keeper-events'],
    ['LTD_WORKER_QUEUES', 'keeper,keeper', 'must name each only once'],
    ['LTD_UPLOAD_MAX_BYTES', '0', 'must be from 1 to 5368709120'],
    ['LTD_TEMPORAL_ENCRYPTION_KEYS', 'hush', 'must be a list of id:key'],
    ['LTD_TEMPORAL_ENCRYPTION_KEYS', 'a:c2hvcnQ=', 'must be a list of id:key'],
    ['LTD_TEMPORAL_ENCRYPTION_KEYS', `a:${someKey},a:${otherKey}`, 'must give each key an id of its own'],
    ['LTD_COPY_CONCURRENCY', '0', 'must be from 1 to 4096'],
    ['LTD_S3_CLIENT', 'boto3', 'must be one of lean, sdk'],
    ['LTD_S3_MAX_CONCURRENCY', '0', 'must be from 1 to 4096'],
    ['LTD_COPY_SLOTS', 'many', 'must be a whole number'],
    ['LTD_MULTIPART_COPY_THRESHOLD', '1024', 'must be from 5242880 to 5368709120'],
    ['LTD_DELETE_DEPRECATED_AFTER_DAYS', 'never', 'must be a whole number'],
    ['LTD_DELETE_DEPRECATED_AFTER_DAYS', '0.5', 'must be a whole number'],
    ['LTD_ABANDONED_UPLOAD_HOURS', '0', 'must be from 1 to 8760'],
    ['LTD_DELETE_ABANDONED_UPLOADS', 'maybe', 'must be true or false'],
    ['LTD_FASTLY_API_URL', 'fastly', 'must be an http or https URL'],
    ['LTD_DASHER_URL', 'dasher', 'must be an http or https URL'],
    ['LTD_EVENTS_URL', 'events', 'must be an http or https URL'],
    ['LTD_ROUTE53', 'lsst.io', 'must be true or false'],
    ['AWS_ENDPOINT_URL_ROUTE_53', 'names', 'must be an http or https URL'],
  ];
  for (const [name, value, problem] of wrong)
    it(`refuses ${name}=${value}: ${problem}`, () => {
      const problems = problemsOf({ ...least, [name]: value });
      assert.equal(problems.length, 1);
      assert.ok(problems[0]?.startsWith(`${name} ${problem}`), problems[0]);
    });

  it('refuses a worker without a task queue', () => {
    const env = { ...least, LTD_WORKER_QUEUES: 'keeper-manifests', LTD_MANIFEST_SLOTS: '0' };
    assert.match(problemsOf(env, 'worker')[0] ?? '', /^LTD_WORKER_QUEUES leaves nothing to do/);
    assert.deepEqual(problemsOf({ ...env, LTD_MANIFEST_SLOTS: '1' }, 'worker'), []);
  });

  for (const [one, other] of [
    ['LTD_KEEPER_BOOTSTRAP_USER', 'LTD_KEEPER_BOOTSTRAP_PASSWORD'],
    ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
    ['FASTLY_SERVICE_ID', 'FASTLY_KEY'],
    ['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'],
  ] as const)
    it(`refuses ${one} without ${other}, and the reverse`, () => {
      for (const only of [one, other])
        assert.deepEqual(problemsOf({ ...least, [only]: 'x' }), [`${one} and ${other} must be set together`]);
    });

  it('reports all problems at once, and no values', () => {
    const env = {
      PORT: 'hush-1',
      LOG_LEVEL: 'hush-2',
      LTD_KEEPER_AWS_ID: 'hush-3',
      LTD_KEEPER_FASTLY_KEY: 'hush-4',
      FASTLY_KEY: 'hush-5',
      TEMPORAL_TLS_CLIENT_KEY_PATH: '/hush-6',
      TEMPORAL_TLS_CLIENT_KEY_DATA: 'hush-7',
    };
    assert.throws(
      () => loadConfig('api', env),
      ({ message }: Error) => {
        for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'LTD_KEEPER_SECRET_KEY', 'FASTLY_SERVICE_ID'])
          assert.match(message, new RegExp(`^  - (.* and )?${name} `, 'm'));
        assert.match(message, /^ {2}- LTD_KEEPER_FASTLY_KEY and FASTLY_KEY are the same setting/m);
        assert.match(message, /^ {2}- AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set together/m);
        assert.match(message, /^ {2}- TEMPORAL_\*: /m);
        assert.ok(message.startsWith('The configuration is not usable:\n'));
        assert.ok(!message.includes('hush'), message);
        return true;
      },
    );
  });

  it('returns the encryption keys to a program that needs nothing else', () => {
    assert.deepEqual(
      loadEncryptionKeys({ LTD_TEMPORAL_ENCRYPTION_KEYS: `a:${someKey}` }).map(({ id }) => id),
      ['a'],
    );
    assert.deepEqual(loadEncryptionKeys({}), []);
    assert.throws(
      () => loadEncryptionKeys({ LTD_TEMPORAL_ENCRYPTION_KEYS: 'hush' }),
      ({ message }: Error) =>
        message.includes('LTD_TEMPORAL_ENCRYPTION_KEYS must be a list') && !message.includes('hush'),
    );
  });

  it('contains no secret in any printed form', () => {
    const config = load({
      DATABASE_URL: 'postgresql://keeper:hush-1@db.test/keeper',
      LTD_KEEPER_SECRET_KEY: '["hush-2 and some more","hush-3 and some more"]',
      LTD_KEEPER_BOOTSTRAP_USER: 'admin',
      LTD_KEEPER_BOOTSTRAP_PASSWORD: 'hush-4',
      AWS_ACCESS_KEY_ID: 'AKIA',
      AWS_SECRET_ACCESS_KEY: 'hush-5',
      AWS_SESSION_TOKEN: 'hush-6',
      FASTLY_SERVICE_ID: 'service',
      FASTLY_KEY: 'hush-7',
      LTD_EVENTS_URL: 'https://events.test/hook?key=hush-11',
      LTD_TEMPORAL_ENCRYPTION_KEYS: `2026:${someKey}`,
      TEMPORAL_ADDRESS: 'temporal.test:7233',
      TEMPORAL_API_KEY: 'hush-8',
      TEMPORAL_TLS_CLIENT_CERT_DATA: 'certificate',
      TEMPORAL_TLS_CLIENT_KEY_DATA: 'hush-9',
      TEMPORAL_GRPC_META_AUTHORIZATION: 'hush-10',
    });
    for (const printed of [JSON.stringify(config), inspect(config, { depth: null, showHidden: true })]) {
      assert.ok(printed.includes('service'), 'other values are printed');
      assert.ok(!printed.includes('hush') && !printed.includes(someKey), printed);
    }
  });
});

function print(env: Environment): string {
  const set = Object.entries(env).map(([name, value]) => `${name}=${value ?? ''}`);
  return set.length === 0 ? 'nothing' : set.join(' ');
}

/** A configuration with its secrets revealed, for comparison. */
function reveal({ databaseUrl, s3, fastly }: Config): unknown {
  return [
    databaseUrl.reveal(),
    s3.credentials?.accessKeyId,
    s3.credentials?.secretAccessKey.reveal(),
    fastly?.serviceId,
    fastly?.key.reveal(),
  ];
}
