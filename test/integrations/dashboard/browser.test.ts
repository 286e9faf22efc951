import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { startEdge } from '../../../dev/edge/start-edge.js';
import { createBuiltInDashboard } from '../../../src/integrations/dashboard/built-in-dashboard.js';
import { createDashboardPages } from '../../../src/integrations/dashboard/dashboard-pages.js';
import { describeInBrowser, openPage, seriousProblems, startBrowser } from '../../support/browser.js';
import { buildFacts, editionFacts, productFacts } from '../../support/dashboard-facts.js';
import { storeAccess } from '../../support/servers.js';
import { startTestStore, type TestStore } from '../../support/test-store.js';

const evil = `"><script>alert('1')</script><img src=x onerror=alert(2)>`;

describeInBrowser('the built-in dashboard in a browser', () => {
  let browser: Browser;
  /** Undoes the set-up, last step first, also after a set-up that failed half-way. */
  const cleanUp: (() => Promise<void>)[] = [];
  /** The product's own address. */
  let site: string;

  before(async () => {
    browser = await startBrowser();
    cleanUp.push(() => browser.close());
    const store = await startTestStore();
    cleanUp.push(() => store.close());
    await publish(store);
    const { bucket, server } = store;
    const edge = await startEdge({
      origin: { bucket, endpoint: server.url, ...storeAccess },
      purge: { serviceId: 'service', key: 'key' },
    });
    cleanUp.push(() => edge.close());
    site = `http://pipelines.localhost:${new URL(edge.url).port}`;
  });
  after(async () => {
    for (const undo of cleanUp.toReversed()) await undo();
  });

  const looks = [1280, 390].flatMap((width) =>
    (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
  );
  for (const path of ['/v/', '/builds/']) {
    for (const { width, colorScheme } of looks) {
      it(`shows ${path} without errors, ${width} pixels wide, in ${colorScheme} mode`, async () => {
        const viewport = { width, height: 900 };
        const watched = await openPage(browser, site + path, { viewport, colorScheme });
        assert.deepEqual(await seriousProblems(watched.page), []);
        assert.equal(await watched.page.evaluate('document.documentElement.scrollWidth'), width);
        assert.deepEqual([watched.complaints, watched.elsewhere], [[], []]);
        await watched.close();
      });
    }
  }

  it('redirects /v and /builds to their slash', async () => {
    for (const path of ['/v', '/builds']) {
      const { page, close } = await openPage(browser, site + path);
      assert.equal(page.url(), `${site}${path}/`);
      await close();
    }
  });

  it('links the pages to each other and to the switcher', async () => {
    const { page, close } = await openPage(browser, `${site}/v/`);
    await page.getByRole('link', { name: 'Builds' }).click();
    await page.waitForURL(`${site}/builds/`);
    await page.getByRole('link', { name: 'Editions' }).click();
    await page.waitForURL(`${site}/v/`);
    const answer = await page.goto(`${site}/v/switcher.json`);
    assert.equal(answer?.headers()['content-type'], 'application/json');
    const entries = JSON.parse(await answer.text()) as readonly { version: string }[];
    assert.equal(entries[0]?.version, 'main');
    await close();
  });

  it('shows markup in data as text', async () => {
    const { page, complaints, close } = await openPage(browser, `${site}/v/`);
    assert.equal(await page.getByRole('link', { name: evil, exact: true }).count(), 1);
    assert.equal(await page.locator('img').count(), 0);
    assert.deepEqual(complaints, []);
    await close();
  });

  it('filters by every typed word and shows how many rows match', async () => {
    const { page, close } = await openPage(browser, `${site}/v/`);
    const filter = page.getByRole('searchbox', { name: 'Filter editions' });
    await filter.fill('V10 main');
    assert.deepEqual(await shownEditions(page), ['v10.0']);
    assert.equal(await page.getByRole('heading', { name: 'Drafts' }).isVisible(), false);
    assert.equal(await page.getByRole('status').first().textContent(), '1 of 6');
    await filter.fill('nothing like it');
    assert.deepEqual(await shownEditions(page), []);
    assert.ok(await page.getByText('No edition matches.').isVisible());
    await filter.fill('');
    assert.equal((await shownEditions(page)).length, 5);
    assert.equal(await page.getByText('No edition matches.').isVisible(), false);
    await close();
  });

  it('sorts by the clicked column and reverses the order on a second click', async () => {
    const { page, close } = await openPage(browser, `${site}/v/`);
    const table = page.getByRole('table', { name: 'Releases' });
    const header = table.getByRole('columnheader', { name: 'Edition' });
    const order = (): Promise<string[]> => table.locator('tbody .name').allTextContents();
    assert.deepEqual(await order(), ['v10.0', 'v9.0', 'v1.0']);
    assert.equal(await header.getAttribute('aria-sort'), 'descending');
    await header.getByRole('button').press('Enter');
    assert.deepEqual(await order(), ['v1.0', 'v9.0', 'v10.0']);
    assert.equal(await header.getAttribute('aria-sort'), 'ascending');
    await table.getByRole('button', { name: 'Build' }).click();
    assert.deepEqual(await order(), ['v9.0', 'v10.0', 'v1.0'], 'builds 2, 3 and 10');
    assert.equal(await header.getAttribute('aria-sort'), null);
    await table.getByRole('button', { name: 'Updated' }).click();
    assert.deepEqual(await order(), ['v10.0', 'v1.0', 'v9.0']);
    await close();
  });

  it('shows everything with JavaScript off and hides controls that need it', async () => {
    const options = { javaScriptEnabled: false };
    const { page, complaints, close } = await openPage(browser, `${site}/v/`, options);
    assert.equal((await shownEditions(page)).length, 5);
    assert.equal(await page.getByRole('searchbox').count(), 0);
    assert.equal(await page.getByRole('button').count(), 0);
    await page.getByRole('link', { name: 'Builds' }).click();
    assert.equal(await page.locator('tbody tr:visible').count(), 4);
    assert.deepEqual(complaints, []);
    await close();
  });
});

/** The names in the visible tables. */
function shownEditions(page: Page): Promise<string[]> {
  return page.locator('tbody .name:visible').allTextContents();
}

/** Builds the dashboard of a product that has every kind of content. */
async function publish({ store, bucket }: TestStore): Promise<void> {
  const on = (day: number) => ({ dateRebuilt: new Date(Date.UTC(2026, 10, day)) });
  const facts = {
    product: productFacts({ bucket }),
    editions: [
      editionFacts('main', { title: 'Latest', isRebuilding: true }),
      editionFacts('v1.0', { publishedBuildId: 10, ...on(2) }),
      editionFacts('v9.0', { publishedBuildId: 2, ...on(3) }),
      editionFacts('v10.0', { publishedBuildId: 3, ...on(1) }),
      editionFacts('DM-1', { title: evil, isRebuilding: true }),
      editionFacts('DM-2', { publishedBuildId: null, isRebuilding: true }),
    ],
    builds: [1, 2, 3, 10].map((id) => buildFacts(id)),
  };
  const dashboard = createBuiltInDashboard({
    source: {
      load: () => Promise.resolve(facts),
      beginWriting: () => Promise.resolve(true),
      recordDigest: () => Promise.resolve(true),
    },
    store,
    isCached: false,
    render: createDashboardPages(),
    placement: { acl: null, directoryRedirects: true },
  });
  const product = { productId: 1, productUrl: 'https://keeper.example.org/products/pipelines' };
  await dashboard.build(product, new AbortController().signal);
}
