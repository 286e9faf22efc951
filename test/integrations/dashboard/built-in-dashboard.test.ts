import assert from 'node:assert/strict';
import { GetObjectAclCommand } from '@aws-sdk/client-s3';
import type { DashboardFacts } from '../../../src/domain/dashboard/dashboard-facts.js';
import { hasCode } from '../../../src/domain/errors.js';
import { createBuiltInDashboard } from '../../../src/integrations/dashboard/built-in-dashboard.js';
import type { DashboardPlacement } from '../../../src/integrations/dashboard/dashboard-objects.js';
import { createDashboardPages } from '../../../src/integrations/dashboard/dashboard-pages.js';
import { buildFacts, editionFacts, largeFacts, productFacts } from '../../support/dashboard-facts.js';
import { startTestStore, type TestStore } from '../../support/test-store.js';

const subject = { productId: 1, productUrl: 'https://keeper.example.org/products/pipelines' };
const redirect = {
  'surrogate-key': 'key-of-pipelines',
  'surrogate-control': 'max-age=31536000',
  'dir-redirect': 'true',
};
const page = { 'surrogate-key': 'key-of-pipelines', 'surrogate-control': 'max-age=31536000' };

describe('the built-in dashboard', () => {
  let store: TestStore;
  let world: World;

  before(async () => {
    store = await startTestStore();
  });
  beforeEach(async () => {
    for (const key of Object.keys(await store.readSite(''))) await store.delete(key);
    world = newWorld(store);
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  /** The methods and keys of the requests to the store. */
  const asked = async (work: () => Promise<unknown>): Promise<string[]> =>
    (await store.record(work)).map(({ operation, key }) => `${operation} ${key ?? ''}`);

  it('writes both pages, the switcher and the redirects, and makes a purge due before and after', async () => {
    assert.equal(await world.build(), 'built');
    const site = await store.readSite('pipelines/');
    assert.deepEqual(Object.keys(site), ['builds', 'builds/index.html', 'v', 'v/index.html', 'v/switcher.json']);
    const headersOf = (key: string) => site[key]?.headers ?? assert.fail(key);
    assert.deepEqual(headersOf('v/index.html'), {
      system: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
      metadata: page,
    });
    assert.deepEqual(headersOf('builds/index.html'), headersOf('v/index.html'));
    assert.equal(headersOf('v/switcher.json').system['content-type'], 'application/json');
    for (const key of ['v', 'builds']) {
      assert.equal(site[key]?.body, '');
      assert.deepEqual(headersOf(key).metadata, redirect);
      assert.equal(headersOf(key).system['cache-control'], 'no-cache');
    }
    assert.match(site['v/index.html']?.body ?? '', /LSST Science Pipelines/);
    assert.match(site['builds/index.html']?.body ?? '', /LSST Science Pipelines/);
    assert.deepEqual(JSON.parse(site['v/switcher.json']?.body ?? ''), [
      { name: 'main', version: 'main', url: 'https://pipelines.lsst.io/', preferred: true },
    ]);
    assert.deepEqual(world.notes, ['purge due', 'purge due, written']);
  });

  it('writes redirects to a page after the page', async () => {
    const puts = (await asked(() => world.build())).filter((request) => request.startsWith('PutObject'));
    assert.deepEqual(puts.slice(-2), ['PutObject pipelines/v', 'PutObject pipelines/builds']);
  });

  it('writes no redirects where they are switched off', async () => {
    world.placement = { acl: null, directoryRedirects: false };
    await world.build();
    assert.deepEqual(Object.keys(await store.readSite('pipelines/')), [
      'builds/index.html',
      'v/index.html',
      'v/switcher.json',
    ]);
  });

  const acls: readonly (readonly [acl: DashboardPlacement['acl'], readers: number])[] = [
    ['public-read', 1],
    ['private', 0],
    [null, 0],
  ];
  for (const [acl, readers] of acls) {
    it(`writes every object with the configured ACL: ${acl ?? 'none'}`, async () => {
      world.placement = { ...world.placement, acl };
      await world.build();
      for (const key of Object.keys(await store.readSite(''))) {
        const target = { Bucket: store.bucket, Key: key };
        const { Grants = [] } = await store.client.send(new GetObjectAclCommand(target));
        assert.equal(Grants.filter(({ Permission }) => Permission === 'READ').length, readers, key);
      }
    });
  }

  it('writes nothing and makes no purge due when nothing has changed', async () => {
    await world.build();
    world.notes.length = 0;
    const requests = await asked(() => world.build());
    assert.deepEqual([...new Set(requests.map((each) => each.split(' ')[0]))], ['HeadObject']);
    assert.deepEqual(world.notes, ['written']);
  });

  it('writes again, and makes another purge due, when an edition has changed', async () => {
    await world.build();
    world.facts = { ...world.facts, editions: [editionFacts('main', { isRebuilding: true })] };
    await world.build();
    assert.match((await store.read('pipelines/v/index.html')).body, />updating</);
    assert.equal(world.notes.length, 4);
  });

  it('writes objects again that were removed, changed or given other headers', async () => {
    await world.build();
    const whole = await store.readSite('pipelines/');
    await store.delete('pipelines/v');
    await store.put('pipelines/v/index.html', { body: 'x' });
    await store.put('pipelines/v/switcher.json', { body: whole['v/switcher.json']?.body ?? '' });
    const puts = (await asked(() => world.build())).filter((request) => request.startsWith('PutObject'));
    assert.equal(puts.length, 3);
    assert.deepEqual(await store.readSite('pipelines/'), whole);
    assert.equal(world.notes.length, 4);
  });

  it('writes everything again when the ACL has changed, which no listing shows', async () => {
    await world.build();
    world.placement = { ...world.placement, acl: 'private' };
    const puts = (await asked(() => world.build())).filter((request) => request.startsWith('PutObject'));
    assert.equal(puts.length, 5);
  });

  it('makes no purge due where no CDN caches the pages', async () => {
    world.isCached = false;
    await world.build();
    assert.deepEqual(world.notes, ['written']);
  });

  it('writes everything again after an attempt that died between its first write and its note', async () => {
    await world.build();
    world.facts = { ...world.facts, editions: [editionFacts('v1.0')] };
    world.beforeNote = () => Promise.reject(new Error('killed'));
    await assert.rejects(world.build());
    // The change is reverted: the note of the first build must not count any more.
    world.facts = { ...world.facts, editions: [editionFacts('main')] };
    world.beforeNote = undefined;
    const puts = (await asked(() => world.build())).filter((request) => request.startsWith('PutObject'));
    assert.equal(puts.length, 5);
    assert.equal(world.notes.at(-1), 'purge due, written');
  });

  it('sends only writes when no other attempt writes', async () => {
    const requests = await asked(() => world.build());
    assert.deepEqual([...new Set(requests.map((each) => each.split(' ')[0]))], ['PutObject']);
  });

  it('ends with the newest facts when an abandoned attempt overwrites them', async () => {
    const [old, now] = [world.facts, { ...world.facts, editions: [editionFacts('v1.0')] }];
    // The first attempt has loaded facts that are outdated; meanwhile another attempt completes.
    world.facts = old;
    world.beforeNote = async () => {
      world.beforeNote = undefined;
      const stale = await store.read('pipelines/v/index.html');
      world.facts = now;
      await world.build();
      await store.put('pipelines/v/index.html', stale);
    };
    await world.build();
    assert.match((await store.read('pipelines/v/index.html')).body, />v1\.0</);
    await world.build();
    assert.equal(world.notes.at(-1), 'written', 'and the second build records that everything is right');
  });

  it('ends with the newest facts when an abandoned attempt is late and another found everything right', async () => {
    await world.build();
    const now = world.facts;
    world.facts = { ...now, editions: [editionFacts('v1.0')] };
    world.afterLoad = async () => {
      world.afterLoad = undefined;
      // The change is reverted before any of it is written.
      world.facts = now;
      await world.build();
    };
    await world.build();
    assert.doesNotMatch((await store.read('pipelines/v/index.html')).body, />v1\.0</);
  });

  it("fails with a retryable error and the store's message when the bucket does not exist", async () => {
    world.facts = { ...world.facts, product: productFacts({ bucket: 'no-such-bucket' }) };
    await assert.rejects(world.build(), (error) => {
      assert.ok(hasCode(error, 'dashboard_failed'), String(error));
      assert.match(error.message, /no-such-bucket/);
      return true;
    });
  });

  it('stops when its signal is aborted, and throws the reason', async () => {
    const reason = new Error('stopped');
    const requests = await store.record(async () => {
      await assert.rejects(world.build(AbortSignal.abort(reason)), (error) => error === reason);
    });
    assert.equal(requests.length, 0);
  });

  it('sends as many requests for 10,000 editions and builds as for 100', async () => {
    const requestsFor = async (count: number): Promise<number> => {
      const large = newWorld(store);
      large.facts = largeFacts(count);
      return (await asked(() => large.build())).length;
    };
    assert.equal(await requestsFor(10_000), await requestsFor(100));
  });
});

/** A product, its CDN and the note of its digest, as fakes that the test controls. */
interface World {
  facts: DashboardFacts;
  placement: DashboardPlacement;
  isCached: boolean;
  beforeNote: (() => Promise<void>) | undefined;
  afterLoad: (() => Promise<void>) | undefined;
  /** The notes written to the product's row, in order. */
  readonly notes: string[];
  build(signal?: AbortSignal): Promise<string>;
}

function newWorld(store: TestStore): World {
  const render = createDashboardPages();
  let digest: string | null = null;
  const world: World = {
    facts: { product: productFacts(), editions: [editionFacts('main')], builds: [buildFacts(1)] },
    placement: { acl: 'public-read', directoryRedirects: true },
    isCached: true,
    beforeNote: undefined,
    afterLoad: undefined,
    notes: [],
    build: (signal = new AbortController().signal) =>
      createBuiltInDashboard({
        source: {
          load: async () => {
            const loaded = { ...world.facts, product: { ...world.facts.product, digest } };
            await world.afterLoad?.();
            return loaded;
          },
          beginWriting: (_productId, from) => {
            const wasAlone = digest === from;
            digest = null;
            world.notes.push('purge due');
            return Promise.resolve(wasAlone);
          },
          recordDigest: async (_productId, { from, to, purgeDue = false }) => {
            await world.beforeNote?.();
            const wasAlone = digest === from;
            digest = to;
            world.notes.push(purgeDue ? 'purge due, written' : 'written');
            return wasAlone;
          },
        },
        store: store.store,
        isCached: world.isCached,
        render,
        placement: world.placement,
      }).build(subject, signal),
  };
  return world;
}
