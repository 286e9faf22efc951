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

  it('leaves 8 s of the 20 s after a kill for the remaining copies', () => {
    assert.ok(fence <= 20_000 - 8_000);
  });

  it('starts the next attempt before the fence opens, with a second of pause and one of dispatch', () => {
    assert.ok(heartbeatTimeout + 2_000 <= fence - checkInterval);
  });

  it('keeps a writer and its heartbeat alive through a stall of 3 s', () => {
    assert.ok(lease - checkInterval > 3_000);
    assert.ok(heartbeatTimeout - heartbeatInterval > 3_000);
  });

  it('lets an attempt stand still for longer than its requests may take', () => {
    assert.ok(maxStandstill > 10 * maxWrite);
  });
});
