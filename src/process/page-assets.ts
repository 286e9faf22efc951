import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The folder `assets/<name>` beside the program: templates and style of pages. Compiled files lie one folder deeper
 * than their sources, beneath the same assets.
 *
 * @throws {Error} where it is missing: the program was not installed whole.
 */
export function assetsFolder(name: string): string {
  const folder = [`../../assets/${name}`, `../../../assets/${name}`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (folder === undefined) throw new Error(`assets/${name} is missing beside the program`);
  return folder;
}

/** The style of the pages of `assets/<name>`: what all pages share, then their own. */
export function pageStyle(name: string): string {
  const folder = assetsFolder(name);
  return [`${folder}/../base.css`, `${folder}/page.css`].map((path) => readFileSync(path, 'utf8')).join('\n');
}

/** What names an inline style or script in a content security policy (CSP level 3, `hash-source`). */
export function hashSource(content: string): string {
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}
