import assert from 'node:assert/strict';
import { type FileCoverage, hasCode, measure, type Share } from '../../dev/coverage-floors.js';

const covered = (lines: number, branches: number): FileCoverage => ({
  lines: { total: 100, covered: lines },
  branches: { total: 100, covered: branches },
});

const met = (files: Record<string, FileCoverage>): Record<string, boolean> =>
  Object.fromEntries(measure(new Map(Object.entries(files))).map(({ name, met }: Share) => [name, met]));

describe('the coverage floors', () => {
  it('are met by more than they ask', () => {
    assert.deepEqual(met({ 'src/domain/a.ts': covered(96, 96), 'src/services/b.ts': covered(100, 100) }), {
      'src/domain': true,
      'src/services': true,
      'src but src/workflows': true,
    });
  });

  it('are not met by exactly what they ask, nor by lines alone', () => {
    const files = { 'src/domain/a.ts': covered(95, 100), 'src/services/b.ts': covered(100, 95) };
    assert.equal(met(files)['src/domain'], false);
    assert.equal(met(files)['src/services'], false);
  });

  it('leave out the workflows, and the files outside src', () => {
    const files = {
      'src/domain/a.ts': covered(100, 100),
      'src/services/b.ts': covered(100, 100),
      'src/workflows/c.ts': covered(0, 0),
      'dev/d.ts': covered(0, 0),
    };
    assert.equal(met(files)['src but src/workflows'], true);
  });

  it('are not met where nothing was measured', () => {
    assert.deepEqual(Object.values(met({})), [false, false, false]);
  });
});

describe('a compiled module', () => {
  const cases: [code: boolean, compiled: string][] = [
    [false, 'export {};\n//# sourceMappingURL=port.js.map'],
    [false, '/** What a port is. */\nexport {};\n'],
    [true, 'export const limit = 7;\n//# sourceMappingURL=limit.js.map'],
    [true, "import './other.js';\nexport {};\n"],
  ];
  for (const [code, compiled] of cases)
    it(`${code ? 'has' : 'has no'} code: ${JSON.stringify(compiled)}`, () => {
      assert.equal(hasCode(compiled), code);
    });
});
