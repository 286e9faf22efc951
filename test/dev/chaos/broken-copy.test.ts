import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeBrokenCopy } from '../../../dev/chaos/broken-copy.js';
import { checkout } from '../../../dev/paths.js';

const breaks = join(checkout, 'dev', 'chaos', 'breaks');

describe('a copy that is broken on purpose', () => {
  it('can be made in each of the ways, as the sources are now', async () => {
    const patches = await readdir(breaks);
    assert.ok(patches.length >= 6);
    // What it compiles to is tried by `make chaos BREAK=...` alone: each takes a minute.
    for (const patch of patches)
      await promisify(execFile)('git', ['apply', '--check', join(breaks, patch)], { cwd: checkout });
  });

  it('is not made in a way that nobody knows; those that are known are named', async () => {
    await assert.rejects(
      makeBrokenCopy('by-magic'),
      /BREAK=by-magic is not known: give one of delete-before-copy, /,
    );
  });
});
