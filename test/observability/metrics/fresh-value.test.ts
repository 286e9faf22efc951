import assert from 'node:assert/strict';
import { freshValue } from '../../../src/observability/metrics/fresh-value.js';
import { eventually } from '../../support/eventually.js';

describe('freshValue', () => {
  const day = 86_400_000;

  it('reads once for all concurrent callers, and for callers soon after', async () => {
    let readings = 0;
    const read = freshValue(() => Promise.resolve((readings += 1)), { maxAge: day, patience: day });
    assert.deepEqual(await Promise.all([read(), read()]), [1, 1]);
    assert.equal(await read(), 1);
  });

  it('reads again when the value is too old', async () => {
    let readings = 0;
    const read = freshValue(() => Promise.resolve((readings += 1)), { maxAge: 1, patience: day });
    await read();
    await eventually('another reading', async () => (await read()) === 2);
  });

  it('returns null for a failed reading, and reads again for the next caller', async () => {
    let fails = true;
    const read = freshValue(() => (fails ? Promise.reject(new Error('down')) : Promise.resolve('up')), {
      maxAge: day,
      patience: day,
    });
    assert.equal(await read(), null);
    fails = false;
    assert.equal(await read(), 'up');
  });

  it('returns null to a caller after the time limit, and starts no second reading meanwhile', async () => {
    let readings = 0;
    const read = freshValue(
      () => {
        readings += 1;
        return new Promise(() => undefined);
      },
      { maxAge: day, patience: 1 },
    );
    assert.deepEqual([await read(), await read(), readings], [null, null, 1]);
  });
});
