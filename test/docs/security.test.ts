import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';

describe('docs/security.md', () => {
  it('names existing tests for each threat', async () => {
    const text = await readFile(join(checkout, 'docs', 'security.md'), 'utf8');
    const [, table = ''] = /\| threat \| how it is met \| test \|\n\|[-|]+\n((?:\|.*\n)+)/.exec(text) ?? [];
    const tests = table.split('\n').map((line) => line.split('|').at(-2) ?? '');
    const names = tests.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
    assert.ok(names.length > 30);
    const missing = names.filter((name) => !existsSync(join(checkout, 'test', `${name}.test.ts`)));
    assert.deepEqual(missing, []);
  });
});
