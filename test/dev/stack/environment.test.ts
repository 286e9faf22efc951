import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  edgeVariables,
  metricsVariables,
  programEnvironment,
  serviceVariables,
  type StackFacts,
  userVariables,
  writeEnvFile,
} from '../../../dev/stack/environment.js';
import { fixedPorts } from '../../../dev/stack/ports.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';
import { loadConfig } from '../../../src/config/load-config.js';

const facts: StackFacts = {
  ports: fixedPorts,
  secrets: {
    postgresPassword: 'pp',
    signingKey: 'a-long-signing-key-for-this-test-alone',
    adminPassword: 'ap',
    accessKeyId: 'id',
    secretAccessKey: 'secret',
    fastlyKey: 'fk',
  },
  databaseUrl: 'postgresql://ltd_keeper:pp@127.0.0.1:8605/ltd_keeper',
  temporalCli: "/home/it's me/temporal",
  code: '/build',
  moreApiPorts: [],
  settings: {},
  metricsPort: undefined,
  signal: new AbortController().signal,
};

describe('the env file of the development stack', () => {
  it('names everything that a developer needs', () => {
    const promised = [
      'LTD_KEEPER_URL',
      'LTD_USERNAME',
      'LTD_PASSWORD',
      'DATABASE_URL',
      'TEMPORAL_ADDRESS',
      'TEMPORAL_UI_URL',
      'TEMPORAL_CLI',
      'AWS_ENDPOINT_URL_S3',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_REGION',
      'LTD_BUCKET',
      'LTD_ROOT_DOMAIN',
      'LTD_EDGE_URL',
    ];
    const given = Object.keys(userVariables(facts));
    assert.deepEqual(
      promised.filter((name) => !given.includes(name)),
      [],
    );
  });

  it('defines the same values in a shell, whatever they contain', async () => {
    const folder = await temporaryFolder('ltd-keeper-env-test');
    await writeEnvFile(folder, userVariables(facts));
    const script = '. "$0/env"; printf "%s|%s" "$TEMPORAL_CLI" "$DATABASE_URL"';
    const said = execFileSync('sh', ['-c', script, folder], { encoding: 'utf8' });
    assert.equal(said, `${facts.temporalCli}|${facts.databaseUrl}`);
  });

  it('quotes values only when necessary, and is readable by its owner alone', async () => {
    const folder = await temporaryFolder('ltd-keeper-env-test');
    await writeEnvFile(folder, userVariables(facts));
    const lines = (await readFile(join(folder, 'env'), 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.filter((line) => line.includes("'")),
      [`TEMPORAL_CLI='/home/it'\\''s me/temporal'`],
    );
    assert.equal((await stat(join(folder, 'env'))).mode & 0o777, 0o600);
  });
});

describe("the environment of the stack's programs", () => {
  it('configures the API and the worker without problems', () => {
    const env = programEnvironment({}, serviceVariables(facts));
    const api = loadConfig('api', env);
    assert.equal(api.http.port, fixedPorts.api);
    assert.equal(api.http.baseUrl, null);
    const worker = loadConfig('worker', env);
    assert.equal(worker.s3.endpoint, 'http://127.0.0.1:8603');
    assert.equal(worker.fastly?.apiUrl, 'http://127.0.0.1:8602');
    assert.equal(worker.temporal.connectionOptions.address, '127.0.0.1:7233');
  });

  it('lets the settings override it with which a stack is started', () => {
    const settings = { LTD_FASTLY_API_URL: 'http://127.0.0.1:9', LTD_COPY_SLOTS: '7' };
    const config = loadConfig('worker', programEnvironment({}, serviceVariables({ ...facts, settings })));
    assert.equal(config.fastly?.apiUrl, 'http://127.0.0.1:9');
    assert.equal(config.copy.slots, 7);
  });

  it('gives each process its own metrics port, whatever the shell says', () => {
    const shell = { LTD_METRICS_PORT: '9464', LTD_METRICS_HOST: '0.0.0.0' };
    const metricsOf = (metricsPort: number | undefined, index: number) => {
      const variables = { ...metricsVariables({ metricsPort }, index), ...serviceVariables(facts) };
      return loadConfig('worker', programEnvironment(shell, variables)).metrics;
    };
    assert.deepEqual(metricsOf(9464, 0), { host: '127.0.0.1', port: 9464 });
    assert.deepEqual(metricsOf(9464, 1), { host: '127.0.0.1', port: 9465 });
    assert.deepEqual(metricsOf(0, 1), { host: '127.0.0.1', port: 0 });
    assert.equal(metricsOf(undefined, 1), null);
  });

  it("ignores another stack's env file in the shell", () => {
    const shell = {
      ...userVariables(facts),
      TEMPORAL_NAMESPACE: 'other',
      LTD_KEEPER_DB_URL: 'postgresql://other',
    };
    const inherited = { ...shell, PATH: '/bin', LTD_COPY_SLOTS: '2', NODE_V8_COVERAGE: '/coverage' };
    const env = programEnvironment(inherited, edgeVariables(facts));
    const left = Object.entries(env).filter(([name]) => !(name in edgeVariables(facts)));
    assert.deepEqual(Object.fromEntries(left), {
      AWS_EC2_METADATA_DISABLED: 'true',
      PATH: '/bin',
      LTD_COPY_SLOTS: '2',
    });
  });
});
