import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkout } from '../../scripts/paths.js';

const run = promisify(execFile);

describe('make help', () => {
  it('lists each target that has a description', async () => {
    const described = (await readFile(join(checkout, 'Makefile'), 'utf8'))
      .split('\n')
      .flatMap((line) => /^([^\s:]+):.* ## /.exec(line)?.[1] ?? []);
    // npm passes its Node.js in NODE; here that would choose a version.
    const { stdout } = await run('make', ['help', 'NODE='], { cwd: checkout });
    const listed = [...stdout.matchAll(/^ {2}make (\S+)/gm)].map(([, name]) => name);
    assert.deepEqual(listed, described);
  });
});
