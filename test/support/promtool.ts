import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../dev/temporary-folder.js';

const run = promisify(execFile);

/** Prometheus's own checker; `PROMTOOL` names another than that of the PATH. */
const promtool = process.env['PROMTOOL'] ?? 'promtool';

/** The command that installs it. */
const remedy = 'apt-get install --yes --no-install-recommends prometheus, or PROMTOOL=<path of promtool>';

/** In CI it is required, so that its tests fail without it; elsewhere they are skipped. */
const isAvailable =
  process.env['CI'] === 'true' || spawnSync(promtool, ['--version'], { stdio: 'ignore' }).status === 0;

/** Tests that need promtool. Without it they are skipped, with the command that installs it in the title. */
export function describeWithPromtool(title: string, tests: () => void): void {
  if (isAvailable) describe(title, tests);
  else describe.skip(`${title} (skipped: there is no promtool; ${remedy})`, tests);
}

/** Checks a file of rules; returns the output. @throws {Error} with the problems. */
export async function checkRules(file: string): Promise<string> {
  const { stdout } = await run(promtool, ['check', 'rules', file]);
  return stdout;
}

/** Runs a file of rule unit tests (see Prometheus's documentation). @throws {Error} with the differences. */
export async function testRules(tests: unknown): Promise<void> {
  const file = join(await temporaryFolder('test-rules'), 'rules.test.json');
  // JSON is YAML, too.
  await writeFile(file, JSON.stringify(tests));
  await run(promtool, ['test', 'rules', file]);
}
