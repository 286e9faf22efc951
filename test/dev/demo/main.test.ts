import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isFree } from '../../../dev/free-port.js';
import { buildRoot, checkout } from '../../../scripts/paths.js';
import { eventually } from '../../support/eventually.js';

const run = promisify(execFile);

/** The error of `execFile`. */
interface Failed {
  readonly code?: unknown;
  readonly stderr?: unknown;
}

describe('make demo', function () {
  this.timeout(180_000);
  const demo = (variables: NodeJS.ProcessEnv = {}): Promise<{ readonly stdout: string }> =>
    run(process.execPath, [join(buildRoot, 'dev', 'demo', 'main.js')], {
      cwd: checkout,
      env: { ...process.env, KEEP: '', ...variables },
    });

  it('shows both versions at the edge, prints what to open, exits with 0 and leaves no server', async () => {
    const { stdout } = await demo();
    const told = stdout.split('\n').map((line) => line.replace(/^ *[\d.]+ s {2}/, '').trim());
    const lineAt = (pattern: RegExp): number => {
      const at = told.findIndex((line) => pattern.test(line));
      return at >= 0 ? at : assert.fail(`nothing like ${String(pattern)} in:\n${stdout}`);
    };
    const order = [
      /^At the edge: GET \S+\/ answers 200, "LTD Keeper.* – Version 1"$/,
      /^At the edge: GET \S+coming-in-version-2.html answers 200/,
      /^Version 2 is published \(SUCCESS: .* 1 removed\)$/,
      /^At the edge: GET \S+\/ answers 200, "LTD Keeper.* – Version 2"$/,
      /^At the edge: GET \S+coming-in-version-2.html answers 404/,
      /^At the edge: GET \S+\/v\/ lists "Latest"$/,
      /^At the edge: GET \S+\/v\/switcher.json lists "Latest" at http:\/\/ltd-keeper\.localhost:\d+\/$/,
      /^the site: http:\/\/ltd-keeper\.localhost:\d+\/$/,
      /^its dashboard: http:\S+\/v\/$/,
      /^the API's root: http:/,
      /^the edition: http:\S+\/editions\/1$/,
      /Temporal Web UI: http:\S+\/workflows\/rebuild-edition-1$/,
    ].map(lineAt);
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    const ports = new Set([...stdout.matchAll(/(?:localhost|127\.0\.0\.1):(\d+)/g)].map(([, port]) => Number(port)));
    assert.ok(ports.size >= 3);
    for (const port of ports) await eventually(`port ${port} to be free`, () => isFree(port));
  });

  it('exits with 1 when a step fails, with the reason and the place of the logs', async () => {
    let logs = '';
    await assert.rejects(demo({ LOG_LEVEL: 'loud' }), ({ code, stderr }: Failed) => {
      assert.equal(code, 1);
      assert.match(String(stderr), /LOG_LEVEL must be one of/);
      logs = /The logs are kept in (\S+)/.exec(String(stderr))?.[1] ?? assert.fail(String(stderr));
      return true;
    });
    assert.match(await readFile(join(logs, 'migrate.log'), 'utf8'), /LOG_LEVEL/);
    await rm(logs, { recursive: true });
  });
});
