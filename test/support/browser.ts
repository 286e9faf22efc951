import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Chromium as Debian installs it; `CHROMIUM` names another. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** The command that installs it. */
const remedy = 'apt-get install --yes chromium, or CHROMIUM=<path of Chromium or Chrome>';

/** Whether browser tests run. In CI they must: there, starting a missing browser fails. */
const isAvailable = existsSync(executablePath) || process.env['CI'] === 'true';

/** Tests that need a browser. Without one they are skipped, with the command that installs it in the title. */
export function describeInBrowser(title: string, tests: () => void): void {
  if (isAvailable) describe(title, tests);
  else describe.skip(`${title} (skipped: there is no Chromium; ${remedy})`, tests);
}

/** Starts Chromium; close it in the file's `after`. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) throw new Error(`There is no ${executablePath}: ${remedy}`);
  // A container has no user namespace for the sandbox, and the pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A page, with everything that a test must check about it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings in the console, uncaught errors, dialogs. */
  readonly complaints: readonly string[];
  /** The addresses of requests to hosts other than `origin`. */
  readonly elsewhere: readonly string[];
  readonly close: () => Promise<void>;
}

/** Opens an address in a fresh profile and records it from the first byte on. */
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

/** axe's serious findings on a page, one line each. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const results = await page.evaluate<axe.AxeResults>('axe.run()');
  return results.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}
