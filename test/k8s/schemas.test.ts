import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonPackages } from '../../dev/python-packages.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { deployments, describeManifests, renderYaml } from '../support/manifests.js';

const run = promisify(execFile);

/** The oldest that accepts all used fields, one that is tested as a server, and the newest. */
const versions = ['1.30', '1.34', '1.37'] as const;

describeManifests('what k8s/ renders', () => {
  let packages: string;
  let folder: string;

  before(async () => {
    packages = await pythonPackages('kubernetes-validate');
    folder = await temporaryFolder('test-manifests');
  });

  /** Custom resources have no schema there; `make test-k8s` checks those. */
  async function validate(version: string, file: string): Promise<void> {
    const command = join(packages, 'bin', 'kubernetes-validate');
    const options = ['--strict', '--quiet', '--kubernetes-version', version];
    await run('python3', ['-s', command, ...options, file], {
      env: { PATH: process.env['PATH'], PYTHONPATH: packages },
    });
  }

  for (const [name, source] of Object.entries(deployments))
    it(`matches the schemas of Kubernetes ${versions.join(', ')} strictly, for ${name}`, async () => {
      const file = join(folder, `${name}.yaml`);
      await writeFile(file, await renderYaml(source));
      await Promise.all(versions.map((version) => validate(version, file)));
    });
});
