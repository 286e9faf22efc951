import { execFile, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../../dev/temporary-folder.js';

const run = promisify(execFile);

/** Prometheus' own checker; `PROMTOOL` names another than that of the PATH. */
const promtool = process.env['PROMTOOL'] ?? 'promtool';

/** What to do where there is none. */
const remedy = 'apt-get install --yes --no-install-recommends prometheus, or PROMTOOL=<path of promtool>';

/** In CI it must be there: what needs it fails then, where elsewhere it is skipped. */
const isAvailable =
  process.env['CI'] === 'true' || spawnSync(promtool, ['--version'], { stdio: 'ignore' }).status === 0;

/** Tests that need promtool: skipped where there is none, with what to do about it in the title. */
export function describeWithPromtool(title: string, tests: () => void): void {
  if (isAvailable) describe(title, tests);
  else describe.skip(`${title} (skipped: there is no promtool; ${remedy})`, tests);
}

/** Checks a file of rules, and answers what was printed. @throws {Error} with what is wrong with it. */
export async function checkRules(file: string): Promise<string> {
  const { stdout } = await run(promtool, ['check', 'rules', file]);
  return stdout;
}

/** A file of unit tests of rules, of which Prometheus' documentation tells. @throws {Error} with what differs. */
export async function testRules(tests: unknown): Promise<void> {
  const file = join(await temporaryFolder('test-rules'), 'rules.test.json');
  // JSON is YAML, too.
  await writeFile(file, JSON.stringify(tests));
  await run(promtool, ['test', 'rules', file]);
}
