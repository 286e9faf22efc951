import assert from 'node:assert/strict';
import { type FileCoverage, hasCode, measure, type Share } from '../../dev/coverage-floors.js';

const covered = (lines: number, branches: number): FileCoverage => ({
  lines: { total: 100, covered: lines },
  branches: { total: 100, covered: branches },
});

const met = (files: Record<string, FileCoverage>): Record<string, boolean> =>
  Object.fromEntries(measure(new Map(Object.entries(files))).map(({ name, met }: Share) => [name, met]));

describe('the coverage floors', () => {
  it('accepts coverage above the floors', () => {
    assert.deepEqual(met({ 'src/domain/a.ts': covered(96, 96), 'src/services/b.ts': covered(100, 100) }), {
      'src/domain': true,
      'src/services': true,
      'src but src/workflows': true,
    });
  });

  it('rejects coverage at a floor, of lines or of branches', () => {
    const files = { 'src/domain/a.ts': covered(95, 100), 'src/services/b.ts': covered(100, 95) };
    assert.equal(met(files)['src/domain'], false);
    assert.equal(met(files)['src/services'], false);
  });

  it('excludes the workflows and the files outside src', () => {
    const files = {
      'src/domain/a.ts': covered(100, 100),
      'src/services/b.ts': covered(100, 100),
      'src/workflows/c.ts': covered(0, 0),
      'dev/d.ts': covered(0, 0),
    };
    assert.equal(met(files)['src but src/workflows'], true);
  });

  it('rejects a run without measurements', () => {
    assert.deepEqual(Object.values(met({})), [false, false, false]);
  });
});

describe('modules without code', () => {
  const cases: [code: boolean, compiled: string][] = [
    [false, 'export {};\n//# sourceMappingURL=port.js.map'],
    [false, '/** What a port is. */\nexport {};\n'],
    [true, 'export const limit = 7;\n//# sourceMappingURL=limit.js.map'],
    [true, "import './other.js';\nexport {};\n"],
  ];
  for (const [code, compiled] of cases)
    it(`finds ${code ? 'code' : 'no code'} in ${JSON.stringify(compiled)}`, () => {
      assert.equal(hasCode(compiled), code);
    });
});
