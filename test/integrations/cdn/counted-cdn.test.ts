import assert from 'node:assert/strict';
import { LtdError } from '../../../src/domain/errors.js';
import { createCountedCdn } from '../../../src/integrations/cdn/counted-cdn.js';

describe('createCountedCdn', () => {
  const cases = [
    { end: null, counts: ['purged'] },
    { end: new LtdError('cdn_unavailable', '503'), counts: ['unavailable'] },
    { end: new LtdError('cdn_rejected', '401'), counts: ['rejected'] },
    { end: new Error('given up'), counts: [] },
  ];
  for (const { end, counts } of cases)
    it(`counts ${counts[0] ?? 'nothing'} when a purge ends with ${end?.message ?? 'success'}`, async () => {
      const counted: string[] = [];
      const keys: string[] = [];
      const inner = {
        purge: (key: string) => {
          keys.push(key);
          return end === null ? Promise.resolve() : Promise.reject(end);
        },
      };
      const purge = createCountedCdn(inner, (outcome) => counted.push(outcome)).purge('key');
      await (end === null ? purge : assert.rejects(purge, end));
      assert.deepEqual([keys, counted], [['key'], counts]);
    });
});
