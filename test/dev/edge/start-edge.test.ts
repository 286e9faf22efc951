import assert from 'node:assert/strict';
import { request } from 'undici';
import { type Edge, startEdge } from '../../../dev/edge/start-edge.js';
import { createTestBucket, type ObjectHeaders, type TestBucket } from '../../support/bucket.js';
import { eventually } from '../../support/eventually.js';

const editionHeaders = (surrogateKey: string): ObjectHeaders => ({
  ContentType: 'text/html; charset=utf-8',
  CacheControl: 'no-cache',
  Metadata: { 'surrogate-key': surrogateKey, 'surrogate-control': 'max-age=31536000' },
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

describe('the edge', () => {
  let bucket: TestBucket;
  let edge: Edge;

  before(async () => {
    bucket = await createTestBucket();
    const { endpoint, region, credentials } = bucket;
    edge = await startEdge({
      origin: { bucket: bucket.name, endpoint, region, credentials },
      purge: { serviceId: 'service', key: 'secret' },
      maxCachedBytes: 10_000,
    });
    await bucket.put('pipes/v/main/index.html', '<h1>Pipes', editionHeaders('main-key'));
    await bucket.put('pipes/v/main/style.css', 'p {}', {
      ContentType: 'text/css',
      ContentEncoding: 'identity',
    });
    await bucket.put('pipes/v/main/guide/index.html', '<h1>Guide', editionHeaders('main-key'));
    await bucket.put('pipes/v/main/guide', '', {
      Metadata: { 'dir-redirect': 'true' },
      CacheControl: 'no-cache',
    });
    await bucket.put('pipes/v/1.0', '', { Metadata: { 'dir-redirect': 'true' }, CacheControl: 'no-cache' });
    await bucket.put('pipes/v/1.0/index.html', '<h1>Pipes 1.0', editionHeaders('one-key'));
    await bucket.put('pipes/v/1.0/404.html', '<h1>Lost in 1.0', editionHeaders('one-key'));
    await bucket.put('pipes/builds/3/index.html', '<h1>Build 3', { CacheControl: 'max-age=31536000' });
    await bucket.put('pipes/v/index.html', '<h1>Editions of pipes');
    await bucket.put('pipes/v/switcher.json', '[]');
    for (const dashboard of ['pipes/v', 'pipes/builds'])
      await bucket.put(dashboard, '', { Metadata: { 'dir-redirect': 'true' }, CacheControl: 'no-cache' });
    await bucket.put('pipes/v/main/moved', '', { WebsiteRedirectLocation: '/guide/' });
    await bucket.put('pipes/v/main/video', Buffer.alloc(50_000, 'v'), editionHeaders('main-key'));
  });

  after(async () => {
    bucket.faults.reset();
    await edge.close();
    bucket.close();
  });

  const get = async (
    path: string,
    options: { host?: string; method?: 'GET' | 'HEAD' | 'POST'; headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const { host = 'pipes.localhost', method = 'GET', headers = {} } = options;
    const answer = await request(`${edge.url}${path}`, { method, headers: { host, ...headers } });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };
  const purge = async (path: string, key = 'secret'): Promise<Answer> => {
    const answer = await request(`${edge.purgeUrl}${path}`, {
      method: 'POST',
      headers: { 'Fastly-Key': key },
    });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  };

  it('shows the default edition, an edition, a build and the dashboard at their addresses', async () => {
    const seen = await Promise.all(['/', '/v/1.0/', '/builds/3/', '/v/', '/v/switcher.json'].map((path) => get(path)));
    assert.deepEqual(
      seen.map(({ status, text }) => [status, text]),
      [
        [200, '<h1>Pipes'],
        [200, '<h1>Pipes 1.0'],
        [200, '<h1>Build 3'],
        [200, '<h1>Editions of pipes'],
        [200, '[]'],
      ],
    );
  });

  it("passes the object's headers on, except those for the edge", async () => {
    const page = await get('/');
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(page.headers['cache-control'], 'no-cache');
    assert.match(String(page.headers['etag']), /^"[0-9a-f]{32}"$/);
    assert.deepEqual(
      Object.keys(page.headers).filter((name) => name.includes('surrogate') || name.includes('amz')),
      [],
    );
    assert.equal((await get('/style.css')).headers['content-encoding'], 'identity');
  });

  it('redirects a folder without its slash, and keeps the query', async () => {
    const host = 'pipes.localhost:8601';
    for (const [path, to] of [
      ['/guide?x=1', '/guide/?x=1'],
      ['/v/1.0', '/v/1.0/'],
      ['/v', '/v/'],
      ['/builds', '/builds/'],
    ] as const) {
      const { status, headers } = await get(path, { host });
      assert.deepEqual([status, headers['location']], [302, `http://${host}${to}`], path);
    }
  });

  it("follows an object's website redirect", async () => {
    const { status, headers } = await get('/moved');
    assert.deepEqual([status, headers['location']], [302, '/guide/']);
  });

  it("answers 404 with the edition's own page, else with a built-in one", async () => {
    const own = await get('/v/1.0/no-such');
    assert.deepEqual([own.status, own.text], [404, '<h1>Lost in 1.0']);
    const builtIn = await get('/no-such');
    assert.equal(builtIn.status, 404);
    assert.match(builtIn.text, /Page not found/);
    assert.equal((await get('/', { host: 'localhost' })).status, 404);
    assert.equal((await get('/', { host: 'nobody.localhost' })).status, 404);
  });

  it('shows a page as soon as it exists, also after an earlier 404', async () => {
    assert.equal((await get('/soon')).status, 404);
    await bucket.put('pipes/v/main/soon', 'here');
    assert.equal((await get('/soon')).text, 'here');
  });

  it('answers HEAD like GET, without the body', async () => {
    for (const path of ['/', '/video']) {
      const [head, full] = [await get(path, { method: 'HEAD' }), await get(path)];
      assert.equal(head.status, 200);
      assert.equal(head.text, '');
      assert.equal(head.headers['content-length'], String(full.text.length));
    }
  });

  it('answers 304 to a reader that has the page', async () => {
    for (const path of ['/', '/video']) {
      const { headers } = await get(path);
      const again = await get(path, { headers: { 'if-none-match': `"other", ${String(headers['etag'])}` } });
      assert.deepEqual([again.status, again.text], [304, '']);
      const since = await get(path, { headers: { 'if-modified-since': String(headers['last-modified']) } });
      assert.equal(since.status, 304);
      assert.equal((await get(path, { headers: { 'if-none-match': '"other"' } })).status, 200);
    }
  });

  it('serves parts of a page, cached or not', async () => {
    for (const path of ['/', '/video']) {
      const whole = (await get(path)).text;
      const part = await get(path, { headers: { range: 'bytes=2-4' } });
      assert.deepEqual(
        [part.status, part.text, part.headers['content-range']],
        [206, whole.slice(2, 5), `bytes 2-4/${whole.length}`],
      );
      const beyond = await get(path, { headers: { range: `bytes=${whole.length}-` } });
      assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, `bytes */${whole.length}`]);
      const other = await get(path, { headers: { range: 'bytes=2-4', 'if-range': '"other"' } });
      assert.deepEqual([other.status, other.text], [200, whole]);
    }
  });

  it('refuses other methods, and addresses with invalid encoding', async () => {
    assert.equal((await get('/', { method: 'POST' })).status, 405);
    assert.equal((await get('/%E9')).status, 400);
  });

  it('shows the old page until its surrogate key is purged, then the new one', async () => {
    await bucket.put('pipes/v/2.0/index.html', 'old', editionHeaders('shared two-key'));
    assert.equal((await get('/v/2.0/')).text, 'old');
    await bucket.put('pipes/v/2.0/index.html', 'new', editionHeaders('shared two-key'));
    const kept = await get('/v/2.0/');
    assert.deepEqual([kept.text, kept.headers['x-cache']], ['old', 'HIT']);
    await purge('/service/service/purge/another-key');
    assert.equal((await get('/v/2.0/')).text, 'old');
    const purged = await purge('/service/service/purge/two-key');
    assert.equal(purged.status, 200);
    assert.equal((JSON.parse(purged.text) as { status: string }).status, 'ok');
    assert.equal((await get('/v/2.0/')).text, 'new');
  });

  it('does not cache a page that was on its way while its key was purged', async () => {
    await bucket.put('pipes/v/3.0/index.html', 'old', editionHeaders('three-key'));
    bucket.faults.addRule({
      id: 'late',
      match: { bucket: bucket.name, keyPattern: '3.0' },
      action: { kind: 'hold' },
    });
    const late = get('/v/3.0/');
    const asked = (): Promise<boolean> => Promise.resolve(bucket.faults.stats().inFlight > 0);
    await eventually('the edge to request the object', asked);
    await purge('/service/service/purge/three-key');
    bucket.faults.removeRule('late');
    assert.equal((await late).status, 200);
    assert.equal((await get('/v/3.0/')).headers['x-cache'], 'MISS');
    assert.equal((await get('/v/3.0/')).headers['x-cache'], 'HIT');
  });

  it('refuses a purge without the key, or for another service', async () => {
    assert.equal((await purge('/service/service/purge/main-key', 'guess')).status, 401);
    assert.equal((await purge('/service/other/purge/main-key')).status, 404);
    assert.equal((await purge('/service/service/purge_all')).status, 200);
    assert.equal((await purge('/somewhere')).status, 404);
  });

  it('does not answer 404 when the store fails', async () => {
    const match = { bucket: bucket.name, keyPattern: 'guide/index' };
    await purge('/service/service/purge_all');
    const faults = [
      [{ kind: 'error', status: 503, code: 'SlowDown' }, 503],
      [{ kind: 'error', status: 500, code: 'InternalError' }, 503],
      [{ kind: 'error', status: 403, code: 'AccessDenied' }, 502],
      [{ kind: 'error', status: 404, code: 'NoSuchBucket' }, 502],
      [{ kind: 'reset', when: 'before-work' }, 503],
      [{ kind: 'reset', when: 'mid-body' }, 503],
    ] as const;
    for (const [action, status] of faults) {
      bucket.faults.addRule({ id: 'broken', match, action });
      const broken = await get('/guide/');
      bucket.faults.removeRule('broken');
      assert.equal(broken.status, status, JSON.stringify(action));
      assert.equal(broken.headers['cache-control'], 'no-store');
    }
    assert.equal((await get('/guide/')).status, 200);
  });
});
