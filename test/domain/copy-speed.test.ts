import assert from 'node:assert/strict';
import { noCounts } from '../../src/domain/copy-counts.js';
import { noSpeed, SpeedMeter } from '../../src/domain/copy-speed.js';

describe('SpeedMeter', () => {
  const counts = (objects: number, bytes = 0, total = 100) => ({
    ...noCounts,
    objects_done: objects,
    bytes_done: bytes,
    objects_total: total,
  });

  it('returns no speed before the second count', () => {
    assert.deepEqual(new SpeedMeter().measure(5, counts(10)), noSpeed);
  });

  it('returns objects and bytes a second, and the seconds left', () => {
    const meter = new SpeedMeter();
    meter.measure(1_000, counts(10, 500));
    assert.deepEqual(meter.measure(3_000, counts(30, 2_500)), {
      objects_per_second: 10,
      bytes_per_second: 1_000,
      eta_seconds: 7,
    });
  });

  it('measures only the last seconds', () => {
    const meter = new SpeedMeter(10_000);
    for (let second = 0; second <= 20; second += 1) meter.measure(second * 1_000, counts(second < 10 ? 0 : 40));
    assert.equal(meter.measure(30_000, counts(40)).objects_per_second, 0);
    assert.equal(meter.measure(31_000, counts(51)).objects_per_second, 1);
  });

  it('returns no seconds left when nothing is copied or the total is too low', () => {
    const meter = new SpeedMeter();
    meter.measure(0, counts(10));
    assert.equal(meter.measure(1_000, counts(10)).eta_seconds, null);
    assert.equal(meter.measure(2_000, counts(20, 0, 15)).eta_seconds, null);
  });

  it('returns zero seconds left once everything is copied', () => {
    const meter = new SpeedMeter();
    meter.measure(0, counts(0));
    assert.equal(meter.measure(1_000, counts(100)).eta_seconds, 0);
  });

  it('returns no negative speed when counts restart', () => {
    const meter = new SpeedMeter();
    meter.measure(0, counts(50, 100));
    assert.deepEqual(meter.measure(1_000, counts(0)), noSpeed);
  });
});
