import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { breakNames, findBreak } from '../../../dev/chaos/known-breaks.js';
import { chaosOptions } from '../../../dev/chaos/options.js';
import { checkout } from '../../../scripts/paths.js';

describe('the known breaks', () => {
  it('has patches that apply to the sources', async () => {
    const names = await breakNames();
    assert.ok(names.length >= 6);
    // What it compiles to is tried by `make chaos BREAK=...` alone: each takes a minute.
    for (const name of names) {
      const { patchFile } = await findBreak(name);
      await promisify(execFile)('git', ['apply', '--check', patchFile], { cwd: checkout });
    }
  });

  it('has a seed and a duration of at most five minutes for each break', async () => {
    for (const name of await breakNames()) {
      const { variables } = await findBreak(name);
      const { seed, duration } = chaosOptions(variables, () => assert.fail(`${name} has no seed`));
      assert.ok(Number.isSafeInteger(seed));
      assert.ok(duration <= 300_000, `${name} takes ${duration} ms`);
    }
  });

  it('refuses an unknown name, and lists the known ones', async () => {
    await assert.rejects(findBreak('by-magic'), /BREAK=by-magic is not known: give one of delete-before-copy, /);
  });
});
