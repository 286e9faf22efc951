import { temporaryFolder } from '../temporary-folder.js';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import { buildRef } from './build-ref.js';
import { upgradeOptions } from './options.js';
import { runUpgrade } from './run-upgrade.js';

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  const { from } = upgradeOptions(process.env);
  report(`building ${from} ...`);
  const before = await buildRef(from);
  await workflowBundle();
  await runUpgrade({ before, folder: await temporaryFolder('upgrade'), report });
  report(`The upgrade from ${from} and the way back work.`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
