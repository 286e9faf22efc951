import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildRoot } from '../../../scripts/paths.js';
import { longest, longestFirst } from '../../../dev/suite/longest-first.js';

describe('the order of the test files', () => {
  it('begins with the longest, then the other scenarios, and has every file once', () => {
    const names = ['domain/b', 'scenarios/z', longest[1] ?? '', 'api/a', longest[0] ?? ''];
    assert.deepEqual(longestFirst(names), [longest[0], longest[1], 'scenarios/z', 'api/a', 'domain/b']);
  });

  it('names only files that exist', () => {
    assert.deepEqual(
      longest.filter((name) => !existsSync(join(buildRoot, 'test', name))),
      [],
    );
  });
});
