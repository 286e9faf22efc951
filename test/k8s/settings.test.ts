import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultOf } from '../../scripts/configuration/render-settings.js';
import { checkout } from '../../scripts/paths.js';
import { loadConfig } from '../../src/config/load-config.js';
import { settings } from '../../src/config/config.js';
import type { Setting } from '../../src/config/setting.js';
import { temporalConnectionSettings } from '../../src/config/settings/temporal.js';
import { taskQueues } from '../../src/workflows/contract.js';
import {
  type Container,
  deployments,
  describeManifests,
  environmentOf,
  type Manifest,
  renderManifests,
  workloadsOf,
} from '../support/manifests.js';

/** Temporary credentials come from the cloud's identity, which renews them, never from a Secret. */
const neverSet = ['AWS_SESSION_TOKEN'];

/** The keys of each referenced Secret. */
const secrets: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgresql://keeper:pug@db.test/keeper',
  LTD_KEEPER_SECRET_KEY: 'a long random string',
  LTD_KEEPER_BOOTSTRAP_USER: 'admin',
  LTD_KEEPER_BOOTSTRAP_PASSWORD: 'pug',
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 'hush',
  FASTLY_SERVICE_ID: 'service',
  FASTLY_KEY: 'hush',
  LTD_EVENTS_URL: 'https://events.test/',
  TEMPORAL_API_KEY: 'hush',
  LTD_TEMPORAL_ENCRYPTION_KEYS: `1:${Buffer.alloc(32).toString('base64')}`,
};

/** `NAME=value`, and `# NAME=default` for an omitted one. */
interface Line {
  readonly name: string;
  readonly value: string;
  readonly set: boolean;
}

async function configLines(): Promise<readonly Line[]> {
  const text = await readFile(join(checkout, 'k8s', 'base', 'config.env'), 'utf8');
  return [...text.matchAll(/^(# )?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, comment, name = '', value = '']) => ({
    name,
    value,
    set: comment === undefined,
  }));
}

function containersOf(manifests: readonly Manifest[]): readonly Container[] {
  return workloadsOf(manifests).flatMap(({ template }) => [
    ...(template.spec.initContainers ?? []),
    ...template.spec.containers,
  ]);
}

const namesIn = (manifests: readonly Manifest[]): ReadonlySet<string> =>
  new Set(
    containersOf(manifests).flatMap((container) => Object.keys(environmentOf(container, manifests, () => 'set'))),
  );

describeManifests('the settings in k8s/', () => {
  let lines: readonly Line[];
  const known = new Set([...Object.keys(settings), ...Object.keys(temporalConnectionSettings)]);
  known.delete('TEMPORAL_GRPC_META_*');

  before(async () => {
    lines = await configLines();
  });

  it('names every setting once, with a value, as default or as a secret', async () => {
    const fromSecrets = containersOf(await renderManifests(deployments.production)).flatMap(({ env = [] }) =>
      env.filter(({ valueFrom }) => valueFrom !== undefined).map(({ name }) => name),
    );
    const named = [...lines.map(({ name }) => name), ...new Set(fromSecrets), ...neverSet];
    const ofFiles = 'TEMPORAL_TLS_CLIENT_KEY_DATA'; // A private key is mounted as a file.
    assert.deepEqual(named.sort(), [...known].filter((name) => name !== ofFiles).sort());
  });

  it("shows the program's defaults for omitted settings", () => {
    const defaults = new Map(Object.entries<Setting>(settings).map(([name, setting]) => [name, defaultOf(setting)]));
    for (const { name, value, set } of lines) if (!set) assert.equal(value, defaults.get(name) ?? '', name);
  });

  for (const [name, folder] of Object.entries(deployments)) {
    it(`contains only settings that the program has, for ${name}`, async () => {
      for (const setting of namesIn(await renderManifests(folder))) assert.ok(known.has(setting), setting);
    });

    it(`loads without problems in each program, for ${name}`, async () => {
      const manifests = await renderManifests(folder);
      for (const container of containersOf(manifests)) {
        const [program = ''] = container.args;
        const role = program === 'api' || program === 'worker' ? program : 'cli';
        loadConfig(
          role,
          environmentOf(container, manifests, (key) => secrets[key]),
        );
      }
    });

    it(`has a worker for each task queue, for ${name}`, async () => {
      const manifests = await renderManifests(folder);
      const served = containersOf(manifests)
        .filter(({ args }) => args[0] === 'worker')
        .map((container) => environmentOf(container, manifests, (key) => secrets[key]))
        .flatMap((environment) => loadConfig('worker', environment).workerQueues);
      assert.deepEqual(served.sort(), Object.values(taskQueues).sort());
    });

    it(`matches the ports of the containers, for ${name}`, async () => {
      const manifests = await renderManifests(folder);
      for (const container of containersOf(manifests)) {
        const environment = environmentOf(container, manifests, (key) => secrets[key]);
        const { PORT = '5000', LTD_METRICS_PORT } = environment;
        const ports: Readonly<Record<string, string | undefined>> = { http: PORT, metrics: LTD_METRICS_PORT };
        for (const port of container.ports ?? []) assert.equal(String(port.containerPort), ports[port.name]);
      }
    });
  }

  it('keeps secrets in Secrets that docs/deploy.md describes', async () => {
    const manifests = await renderManifests(deployments.production);
    assert.deepEqual(
      manifests.filter(({ kind }) => kind === 'Secret'),
      [],
    );
    const guide = await readFile(join(checkout, 'docs', 'deploy.md'), 'utf8');
    for (const { env = [] } of containersOf(manifests))
      for (const { valueFrom } of env)
        if (valueFrom !== undefined) {
          const { name, key } = valueFrom.secretKeyRef;
          assert.ok(guide.includes(`\`${name}\``) && guide.includes(`\`${key}\``), `${name}: ${key}`);
        }
  });
});
