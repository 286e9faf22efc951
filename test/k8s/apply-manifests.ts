import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { goModule } from '../../dev/kubernetes/go-program.js';
import { type ApiServer, startApiServer } from '../../dev/kubernetes/start-api-server.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { deployments, renderManifests, renderYaml, workloadsOf } from '../support/manifests.js';

/** The custom resources that the components use, and where the module that publishes them has their definitions. */
const definitions = [
  { module: 'github.com/kedacore/keda/v2', folder: 'config/crd/bases', wanted: /^keda\.sh_scaledobjects/ },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    folder: 'example/prometheus-operator-crd',
    wanted: /_podmonitors/,
  },
] as const;

/* `make test-k8s` runs this apart from the suite, since it builds a Kubernetes server first. */
describe('a real Kubernetes API server', function () {
  this.timeout(1_800_000);
  let server: ApiServer;
  let folder: string;

  before(async () => {
    server = await startApiServer();
    folder = await temporaryFolder('test-k8s');
    await define();
  });
  after(async () => {
    await server.stop();
  });

  /** Defines the custom resources. Server-side, since they exceed the size of the annotation that `apply` writes. */
  async function define(): Promise<void> {
    for (const { module, folder: within, wanted } of definitions) {
      const source = join(await goModule('custom-resources', module), within);
      for (const name of (await readdir(source)).filter((each) => wanted.test(each)))
        await server.kubectl('apply', '--server-side', '-f', join(source, name));
    }
    await server.kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  }

  /** Applies a file, and fails at the first warning. */
  async function apply(file: string): Promise<string> {
    const { stdout, stderr } = await server.kubectl('apply', '--warnings-as-errors', '-f', file);
    assert.equal(stderr, '');
    return stdout;
  }

  /** The version of each object on the server. */
  async function versions(file: string): Promise<string> {
    const columns = 'KIND:.kind,NAME:.metadata.name,VERSION:.metadata.resourceVersion';
    const { stdout } = await server.kubectl('get', '-f', file, '-o', `custom-columns=${columns}`);
    return stdout;
  }

  async function written(name: string, content: string): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, content);
    return file;
  }

  for (const [name, source] of Object.entries(deployments))
    describe(`with the manifests of k8s/, ${name}`, () => {
      let file: string;

      before(async () => {
        file = await written(`${name}.yaml`, await renderYaml(source));
      });
      // One after the other on one server. The namespace stays, since no controller that would empty it runs here.
      after(async () => {
        const rest = (await renderManifests(source)).filter(({ kind }) => kind !== 'Namespace');
        const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: rest });
        await server.kubectl('delete', '-f', await written('rest.json', list));
      });

      it('accepts all manifests without a warning', async () => {
        const manifests = await renderManifests(source);
        const lines = (await apply(file)).trim().split('\n');
        assert.equal(lines.length, manifests.length);
      });

      it('changes nothing when they are applied a second time', async () => {
        const before = await versions(file);
        await apply(file);
        assert.deepEqual(await versions(file), before);
      });

      it('admits each pod under the standard `restricted`', async () => {
        for (const [at, { template }] of workloadsOf(await renderManifests(source)).entries())
          await apply(await written('pod.json', pod(`${name.replaceAll(' ', '-')}-${at}`, template.spec)));
      });

      it('refuses a pod that would run as root', async () => {
        const [workload] = workloadsOf(await renderManifests(source));
        const spec = { ...workload?.template.spec, securityContext: { runAsUser: 0 } };
        const file = await written('root.json', pod('as-root', spec));
        await assert.rejects(apply(file), /violates PodSecurity "restricted/);
      });
    });

  function pod(name: string, spec: object): string {
    const metadata = { name, namespace: 'ltd-keeper' };
    return JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata, spec });
  }
});
