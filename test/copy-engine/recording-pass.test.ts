import assert from 'node:assert/strict';
import { SharedHeaders } from '../../src/copy-engine/recording-pass.js';
import type { ObjectHeaders } from '../../src/domain/object-headers.js';

const headers = (type: string, note?: string): ObjectHeaders => ({
  system: { 'content-type': type },
  metadata: note === undefined ? {} : { note },
});

describe('SharedHeaders', () => {
  it('returns the first of equal headers', () => {
    const shared = new SharedHeaders();
    const first = shared.share(headers('text/html', 'a'));
    assert.equal(shared.share(headers('text/html', 'a')), first);
  });

  for (const [what, other] of [
    ['another type', headers('text/css', 'a')],
    ['other metadata', headers('text/html', 'b')],
    ['less metadata', headers('text/html')],
  ] as const) {
    it(`keeps headers with ${what} apart`, () => {
      const shared = new SharedHeaders();
      shared.share(headers('text/html', 'a'));
      assert.equal(shared.share(other), other);
    });
  }

  it('returns the right headers when every object has its own', () => {
    const shared = new SharedHeaders();
    for (let round = 0; round < 2; round += 1) {
      for (let at = 0; at < 100; at += 1) {
        const own = headers('text/html', String(at));
        assert.deepEqual(shared.share(own), own);
      }
    }
  });
});
