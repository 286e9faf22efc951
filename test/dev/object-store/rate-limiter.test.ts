import assert from 'node:assert/strict';
import type { Operation } from '../../../dev/object-store/operation.js';
import { createRateLimiter, type RateLimits } from '../../../dev/object-store/rate-limiter.js';

describe('createRateLimiter', () => {
  let now = 0;
  const limiter = (limits: RateLimits) => {
    now = 0;
    const created = createRateLimiter(() => now);
    created.setLimits(limits);
    return created;
  };
  const admitted = (created: ReturnType<typeof limiter>, operation: Operation, requests: number): number =>
    Array.from({ length: requests }, () => created.admit(operation)).filter(Boolean).length;

  it("allows one second's requests at once, then the rate", () => {
    const created = limiter({ CopyObject: 3_500 });
    assert.equal(admitted(created, 'CopyObject', 4_000), 3_500);
    now = 100;
    assert.equal(admitted(created, 'CopyObject', 4_000), 350);
    now = 10_000;
    assert.equal(admitted(created, 'CopyObject', 4_000), 3_500);
  });

  it('counts all requests of a class together, and the classes separately', () => {
    const created = limiter({ reads: 3, writes: 2 });
    assert.equal(admitted(created, 'CopyObject', 1), 1);
    assert.equal(admitted(created, 'DeleteObjects', 2), 1);
    assert.equal(admitted(created, 'PutObject', 1), 0);
    assert.equal(admitted(created, 'HeadObject', 2), 2);
    assert.equal(admitted(created, 'ListObjectsV2', 2), 1);
  });

  it('counts no request of a class that is above the limit of its operation', () => {
    const created = limiter({ CopyObject: 1, writes: 3 });
    assert.equal(admitted(created, 'CopyObject', 5), 1);
    assert.equal(admitted(created, 'PutObject', 5), 2);
  });
});
