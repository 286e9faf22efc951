import assert from 'node:assert/strict';
import {
  heartbeatInterval,
  heartbeatTimeout,
  maxStandstill,
  writerTiming,
} from '../../src/domain/time-limits.js';

describe('the time limits', () => {
  const { lease, checkInterval, maxWrite } = writerTiming;
  const fence = lease + maxWrite;

  it('leave 8 s of the 20 s after a kill for what is still to be copied', () => {
    assert.ok(fence <= 20_000 - 8_000);
  });

  it('let the next attempt begin before the fence opens, a second of pause and one of dispatch included', () => {
    assert.ok(heartbeatTimeout + 2_000 <= fence - checkInterval);
  });

  it('let a writer and its heartbeat survive a stall of 3 s', () => {
    assert.ok(lease - checkInterval > 3_000);
    assert.ok(heartbeatTimeout - heartbeatInterval > 3_000);
  });

  it('let no attempt hang for less time than its requests may take', () => {
    assert.ok(maxStandstill > 10 * maxWrite);
  });
});
