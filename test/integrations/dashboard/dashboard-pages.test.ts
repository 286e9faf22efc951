import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { arrangeDashboard } from '../../../src/domain/dashboard/arrange-dashboard.js';
import type { DashboardFacts } from '../../../src/domain/dashboard/dashboard-facts.js';
import { createDashboardPages } from '../../../src/integrations/dashboard/dashboard-pages.js';
import { buildFacts, editionFacts, largeFacts, productFacts } from '../../support/dashboard-facts.js';

const pagesOf = (changes: Partial<DashboardFacts> = {}) =>
  createDashboardPages()(
    arrangeDashboard({
      product: productFacts(),
      editions: [editionFacts('main'), editionFacts('v1.0'), editionFacts('DM-1')],
      builds: [buildFacts(1)],
      ...changes,
    }),
  );

/** How often a text contains another. */
const times = (text: string, part: string): number => text.split(part).length - 1;

describe('the pages of the built-in dashboard', () => {
  it('links editions and builds by addresses that also work at another domain', () => {
    const { editions, builds } = pagesOf();
    for (const link of ['../', '../v/v1.0/', '../v/DM-1/', '../builds/1/'])
      assert.ok(editions.includes(`href="${link}"`), link);
    for (const link of ['../', '../v/v1.0/', '../builds/1/']) assert.ok(builds.includes(`href="${link}"`), link);
  });

  it('shows when each edition was rebuilt, from which build, and that a rebuild is running', () => {
    const { editions } = pagesOf({ editions: [editionFacts('DM-1', { isRebuilding: true })] });
    assert.match(editions, /<time datetime="2026-11-24T02:26:11Z">2026-11-24 /);
    assert.match(editions, />updating</);
    assert.doesNotMatch(pagesOf().editions, />updating</);
  });

  it('shows a first publication without a link', () => {
    const first = editionFacts('DM-1', { publishedBuildId: null, isRebuilding: true });
    const { editions } = pagesOf({ editions: [first] });
    assert.match(editions, /first build is being published/);
    assert.doesNotMatch(editions, /href="\.\.\/v\/DM-1\/"/);
  });

  it('shows a build without files without a link', () => {
    const { builds } = pagesOf({ builds: [buildFacts(1, { isEmpty: true }), buildFacts(2)] });
    assert.match(builds, /<span class="name">1<\/span>\s*<span class="state">no files<\/span>/);
    assert.doesNotMatch(builds, /href="\.\.\/builds\/1\//);
    assert.equal(times(builds, 'no files'), 1);
  });

  it('says that there are no editions and no builds when the lists are empty', () => {
    const { editions, builds } = pagesOf({ editions: [], builds: [] });
    assert.match(editions, /Nothing has been published yet/);
    assert.match(builds, /No build has been uploaded yet/);
    assert.doesNotMatch(editions + builds, /<table|<form/);
  });

  it('escapes every value that it shows', () => {
    const evil = `"><script>alert('1')</script>&`;
    const escaped = '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;';
    const { editions, builds } = pagesOf({
      product: productFacts({ title: evil, docRepo: `https://example.org/${evil}` }),
      editions: [
        editionFacts('main', { title: evil }),
        editionFacts('v1', { title: evil }),
        editionFacts(evil, { title: evil }),
      ],
      builds: [buildFacts(1, { slug: evil, gitRefs: [evil, evil] })],
    });
    for (const page of [editions, builds]) {
      assert.ok(!page.includes(evil));
      assert.ok(times(page, escaped) >= 6);
      assert.equal(times(page, '<script>'), 1);
    }
  });

  it('allows only its own script and style', () => {
    const { editions } = pagesOf();
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(editions)?.[1] ?? '';
    for (const [element, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const content = new RegExp(`<${element}>([^]*?)</${element}>`).exec(editions)?.[1] ?? assert.fail(element);
      const hash = createHash('sha256').update(content).digest('base64');
      assert.ok(policy.includes(`${directive} &#39;sha256-${hash}&#39;`), policy);
    }
    assert.match(policy, /^default-src &#39;none&#39;/);
  });

  it('renders the same bytes for the same facts, so that nothing is rewritten needlessly', () => {
    assert.deepEqual(pagesOf(), pagesOf());
  });

  it('renders pages whose size grows linearly with the lists', () => {
    const render = createDashboardPages();
    const [few, many] = [100, 10_000].map((count) => render(arrangeDashboard(largeFacts(count))).editions);
    assert.equal(times(few ?? '', 'data-row') - times(many ?? '', 'data-row'), 100 - 10_000);
    assert.ok((many?.length ?? 0) < 110 * (few?.length ?? 0));
  });
});
