import assert from 'node:assert/strict';
import { checkWriteConditions, type Conditions, evaluateConditions } from '../../../dev/object-store/precondition.js';

const modified = 'Wed, 21 Oct 2026 07:28:00 GMT';
const before = 'Wed, 21 Oct 2026 07:27:59 GMT';
const object = { etag: 'abc', lastModified: Date.parse(modified) };
const none: Conditions = {
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
};

describe('evaluateConditions', () => {
  const cases: [conditions: Partial<Conditions>, outcome: ReturnType<typeof evaluateConditions>][] = [
    [{}, 'met'],
    [{ ifMatch: '"abc"' }, 'met'],
    [{ ifMatch: 'abc' }, 'met'],
    [{ ifMatch: '"x", "abc"' }, 'met'],
    [{ ifMatch: '*' }, 'met'],
    [{ ifMatch: '"x"' }, 'failed'],
    [{ ifNoneMatch: '"abc"' }, 'not-modified'],
    [{ ifNoneMatch: 'W/"abc"' }, 'not-modified'],
    [{ ifNoneMatch: '"x"' }, 'met'],
    [{ ifModifiedSince: modified }, 'not-modified'],
    [{ ifModifiedSince: before }, 'met'],
    [{ ifUnmodifiedSince: modified }, 'met'],
    [{ ifUnmodifiedSince: before }, 'failed'],
    [{ ifMatch: '"abc"', ifUnmodifiedSince: before }, 'met'],
    [{ ifNoneMatch: '"x"', ifModifiedSince: modified }, 'met'],
    [{ ifMatch: '"x"', ifNoneMatch: '"abc"' }, 'failed'],
  ];
  for (const [conditions, outcome] of cases) {
    it(`evaluates ${JSON.stringify(conditions)} as ${outcome}`, () => {
      assert.equal(evaluateConditions({ ...none, ...conditions }, object), outcome);
    });
  }
});

describe('checkWriteConditions', () => {
  const cases: [conditions: Partial<Conditions>, existing: typeof object | undefined, code: string | undefined][] = [
    [{}, object, undefined],
    [{ ifNoneMatch: '*' }, undefined, undefined],
    [{ ifNoneMatch: '*' }, object, 'PreconditionFailed'],
    [{ ifNoneMatch: '"abc"' }, object, 'NotImplemented'],
    [{ ifMatch: '"abc"' }, object, undefined],
    [{ ifMatch: '"x"' }, object, 'PreconditionFailed'],
    [{ ifMatch: '"abc"' }, undefined, 'NoSuchKey'],
  ];
  for (const [conditions, existing, code] of cases) {
    it(`answers ${code ?? 'nothing'} to ${JSON.stringify(conditions)} on ${existing ? 'an' : 'no'} object`, () => {
      const check = (): void => {
        checkWriteConditions({ ...none, ...conditions }, existing);
      };
      if (code === undefined) check();
      else assert.throws(check, { code });
    });
  }
});
