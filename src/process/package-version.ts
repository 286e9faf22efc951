import { existsSync, readFileSync } from 'node:fs';

/** The version of this program, as its package.json says. */
export const packageVersion: string = readVersion();

/** Compiled files lie one folder deeper than their sources, beneath the same package.json. */
function readVersion(): string {
  const file = ['../../package.json', '../../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  if (file === undefined) throw new Error('package.json is missing beside the program');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return version;
}
