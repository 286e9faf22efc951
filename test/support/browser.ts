import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Chromium as Debian installs it; `CHROMIUM` names another. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** What to do where there is none. */
const remedy = 'apt-get install --yes chromium, or CHROMIUM=<path of Chromium or Chrome>';

/** Whether browser tests can run. In CI they must: starting one then fails where it is missing. */
const isAvailable = existsSync(executablePath) || process.env['CI'] === 'true';

/** Tests that need a browser: skipped where there is none, with what to do about it in the title. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (isAvailable) describe(title, tests);
  else describe.skip(`${title} (skipped: there is no Chromium; ${remedy})`, tests);
}

/** Starts Chromium; close it in the file's `after`. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`There is no ${executablePath}: ${remedy}`);
  // In a container there is no user namespace for the sandbox, and its pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A page, with all that a test must not miss about it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings in the console, uncaught errors, dialogs. */
  readonly complaints: readonly string[];
  /** Where requests went that went elsewhere than to `origin`. */
  readonly elsewhere: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens an address in a fresh profile and watches it from the first byte on. */
export async function openPage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const elsewhere: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:' && origin !== new URL(address).origin) elsewhere.push(request.url());
  });
  const response = await page.goto(address);
  assert.equal(response?.status(), 200, address);
  return { page, complaints, elsewhere, close: () => context.close() };
}

/** What axe finds wrong with a page that keeps people from using it, in a line each. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<axe.AxeResults>('axe.run()');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}
