import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { allRoutes } from '../../../src/api/routes/all-routes.js';
import { startTestApi, type TestApi } from '../../support/api.js';
import { describeInBrowser, openPage, seriousProblems, startBrowser, type WatchedPage } from '../../support/browser.js';

describeInBrowser('/docs in a browser', () => {
  let api: TestApi;
  let browser: Browser;

  before(async () => {
    api = await startTestApi();
    browser = await startBrowser();
  });
  after(async () => {
    await browser.close();
    await api.close();
  });

  const open = (width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<WatchedPage> =>
    openPage(browser, `${api.baseUrl}/docs`, { viewport: { width, height: 844 }, colorScheme });

  for (const [width, scheme] of [
    [1280, 'light'],
    [390, 'dark'],
  ] as const)
    it(`shows /docs accessibly, without other hosts, within ${width} px, in ${scheme} mode`, async () => {
      const { page, complaints, elsewhere, close } = await open(width, scheme);
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })");
      assert.deepEqual(await seriousProblems(page), []);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      assert.deepEqual(complaints, []);
      assert.deepEqual(elsewhere, []);
      await close();
    });

  it('shows every route in /docs, with a link to it', async () => {
    const { page, close } = await open(1280);
    for (const { name, path, method } of allRoutes)
      assert.equal((await page.locator(`#${name}`).innerText()).replace(/\s+/g, ' '), `${method} ${path}`);
    await page.locator('nav').getByText('/queue/{id}').click();
    assert.equal(new URL(page.url()).hash, '#getTask');
    await close();
  });

  it('has a target in /docs for every link', async () => {
    const { page, close } = await open(1280);
    const lost = await page.evaluate(
      '[...document.querySelectorAll(\'a[href^="#"]\')].filter((one) => !document.getElementById(one.hash.slice(1))).map((one) => one.hash)',
    );
    assert.deepEqual(lost, []);
    const ids = await page.evaluate<string[]>("[...document.querySelectorAll('[id]')].map((one) => one.id)");
    assert.equal(new Set(ids).size, ids.length);
    await close();
  });
});
