import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder of the compiled `dev/`, `src/` and `test/`: `build/` in a checkout. */
export const buildRoot: string = dirname(import.meta.dirname);

/** The checkout: the nearest folder above with a `package.json`. */
export const checkout: string = nearestPackage(buildRoot);

/** The folder of all downloads: `LTD_CACHE_DIR`, or `.cache/` in the checkout. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['LTD_CACHE_DIR'];
  return chosen === undefined || chosen === '' ? join(checkout, '.cache') : resolve(chosen);
}

function nearestPackage(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error(`No package.json in or above ${buildRoot}`);
  return nearestPackage(parent);
}
