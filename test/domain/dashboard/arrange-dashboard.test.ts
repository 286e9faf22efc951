import assert from 'node:assert/strict';
import { arrangeDashboard, type Dashboard, webAddress } from '../../../src/domain/dashboard/arrange-dashboard.js';
import type { BuildFacts, EditionFacts } from '../../../src/domain/dashboard/dashboard-facts.js';
import { buildFacts, editionFacts, largeFacts, productFacts } from '../../support/dashboard-facts.js';

function arrange(editions: readonly EditionFacts[], builds: readonly BuildFacts[] = [buildFacts(1)]): Dashboard {
  return arrangeDashboard({ product: productFacts(), editions, builds });
}

const slugs = (entries: readonly { readonly slug: string }[]): string[] => entries.map(({ slug }) => slug);

describe('arrangeDashboard', () => {
  it('names the product and links its source', () => {
    const { title, slug, repository } = arrange([]);
    assert.deepEqual(
      [title, slug, repository],
      ['LSST Science Pipelines', 'pipelines', 'https://github.com/lsst/pipelines_lsst_io'],
    );
  });

  it('uses slugs where titles are blank, and no link where the source is not a web address', () => {
    const product = productFacts({ title: ' ', docRepo: 'javascript:alert(1)' });
    const dashboard = arrangeDashboard({
      product,
      editions: [editionFacts('main', { title: '' })],
      builds: [],
    });
    assert.deepEqual([dashboard.title, dashboard.repository, dashboard.current?.title], ['pipelines', null, 'main']);
  });

  it('separates the current edition, releases and drafts', () => {
    const { current, releases, drafts } = arrange(
      ['DM-1', 'v1.0', 'main', '7', 'w_2026_01'].map((slug) => editionFacts(slug)),
    );
    assert.equal(current?.slug, 'main');
    assert.deepEqual(slugs(releases), ['v1.0', 'w_2026_01']);
    assert.deepEqual(slugs(drafts), ['7', 'DM-1']);
  });

  it('sorts the newest version first, and spellings of one version by name', () => {
    const { releases } = arrange(['v9.0', 'v10.0', '9.0', 'v10.0-rc1'].map((slug) => editionFacts(slug)));
    assert.deepEqual(slugs(releases), ['v10.0', 'v10.0-rc1', '9.0', 'v9.0']);
  });

  it('sorts the most recently changed draft first', () => {
    const at = (day: number) => ({ dateRebuilt: new Date(Date.UTC(2026, 0, day)) });
    const { drafts } = arrange([
      editionFacts('old', at(1)),
      editionFacts('new', at(3)),
      editionFacts('b', at(2)),
      editionFacts('a', at(2)),
    ]);
    assert.deepEqual(slugs(drafts), ['new', 'a', 'b', 'old']);
  });

  it('shows the address, build, refs and date of an edition', () => {
    const { drafts, current } = arrange([editionFacts('DM-1', { title: 'A draft' }), editionFacts('main')]);
    assert.deepEqual(drafts, [
      {
        slug: 'DM-1',
        title: 'A draft',
        path: 'v/DM-1/',
        gitRefs: ['main'],
        build: { slug: '1', path: 'builds/1/' },
        updated: '2026-11-24T02:26:11Z',
        isRebuilding: false,
        isStable: false,
      },
    ]);
    assert.equal(current?.path, '', "at the product's own address");
  });

  it('names the tracked refs of an edition whose build is not listed', () => {
    const [draft] = arrange([editionFacts('DM-1', { trackedRefs: ['tickets/DM-1'] })], []).drafts;
    assert.deepEqual([draft?.build, draft?.gitRefs], [null, ['tickets/DM-1']]);
  });

  it('says that a rebuild is running', () => {
    const [draft] = arrange([editionFacts('DM-1', { isRebuilding: true })]).drafts;
    assert.equal(draft?.isRebuilding, true);
  });

  it('lists an unpublished edition only while its first publication runs, without a link or a date', () => {
    const { drafts } = arrange([
      editionFacts('idle', { publishedBuildId: null }),
      editionFacts('first', { publishedBuildId: null, isRebuilding: true }),
    ]);
    assert.deepEqual(
      drafts.map(({ slug, path, updated, build }) => [slug, path, updated, build]),
      [['first', null, null, null]],
    );
  });

  it('lists builds with the editions that show them, newest first', () => {
    const { builds } = arrange(
      [
        editionFacts('main', { publishedBuildId: 2 }),
        editionFacts('v1', { publishedBuildId: 2 }),
        editionFacts('DM-1', { publishedBuildId: 10 }),
        editionFacts('new', { publishedBuildId: null, isRebuilding: true }),
      ],
      [buildFacts(2, { gitRefs: ['a', 'b'] }), buildFacts(10), buildFacts(9, { slug: 'by-hand' })],
    );
    assert.deepEqual(
      builds.map(({ slug, path, shownBy }) => [slug, path, slugs(shownBy)]),
      [
        ['10', 'builds/10/', ['DM-1']],
        ['by-hand', 'builds/by-hand/', []],
        ['2', 'builds/2/', ['main', 'v1']],
      ],
    );
    const { gitRefs, created } = builds.at(-1) ?? assert.fail();
    assert.deepEqual([gitRefs, created], [['a', 'b'], '2026-01-01T00:02:00Z']);
  });

  it('does not change its input', () => {
    const builds = [buildFacts(1), buildFacts(2)];
    arrange([], builds);
    assert.deepEqual(slugs(builds), ['1', '2']);
  });

  it('reads each edition and build a bounded number of times, however many there are', () => {
    const [few, many] = [readsPerItem(100), readsPerItem(10_000)];
    // Sorting takes twice the comparisons per item: log2(10,000) is 2 log2(100).
    assert.ok(many <= 2 * few, `${many} reads an item, not ${few}`);
  });
});

/** How often a property of an edition or a build is read, per item. */
function readsPerItem(count: number): number {
  const facts = largeFacts(count);
  let reads = 0;
  const counted = <T extends object>(item: T): T =>
    new Proxy(item, {
      get: (target, name): unknown => {
        reads += 1;
        return Reflect.get(target, name);
      },
    });
  arrangeDashboard({
    product: facts.product,
    editions: facts.editions.map(counted),
    builds: facts.builds.map(counted),
  });
  return reads / (facts.editions.length + facts.builds.length);
}

describe('webAddress', () => {
  const cases: readonly (readonly [text: string, address: string | null])[] = [
    ['https://github.com/lsst/pipelines_lsst_io.git', 'https://github.com/lsst/pipelines_lsst_io.git'],
    ['http://example.org', 'http://example.org'],
    [' https://example.org/a?b#c ', 'https://example.org/a?b#c'],
    ['HTTPS://EXAMPLE.ORG', 'HTTPS://EXAMPLE.ORG'],
    ['javascript:alert(1)', null],
    ['java\nscript:alert(1)', null],
    ['data:text/html,hello', null],
    ['git@github.com:lsst/pipelines.git', null],
    ['https://', null],
    ['https://example.org/a b', null],
    ['//example.org', null],
    ['', null],
  ];
  for (const [text, address] of cases) {
    it(`${address === null ? 'refuses' : 'accepts'} ${JSON.stringify(text)} as a web address`, () => {
      assert.equal(webAddress(text), address);
    });
  }
});
