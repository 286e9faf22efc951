import assert from 'node:assert/strict';
import { createTestBucket } from './bucket.js';

describe('createTestBucket', () => {
  it('stores objects, separate from those of another bucket', async () => {
    const [first, second] = await Promise.all([createTestBucket(), createTestBucket()]);
    await first.put('pages/a.html', '<p>a', { ContentType: 'text/html' });
    await first.put('b', 'b');
    assert.deepEqual(await first.keys(), ['b', 'pages/a.html']);
    assert.deepEqual(await first.keys('pages/'), ['pages/a.html']);
    assert.deepEqual(await second.keys(), []);
    first.close();
    second.close();
  });
});
