import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';

/** What `.mocharc.json` says, so that a test runs the same way in the suite and by `npx mocha`. */
export interface MochaSettings {
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly slow: number;
  /** The module whose `mochaGlobalTeardown` stops what the test files share. */
  readonly require: string;
  /** Options of Node.js, without their dashes. */
  readonly 'node-option': readonly string[];
}

/** Reads them. */
export async function mochaSettings(): Promise<MochaSettings> {
  return JSON.parse(await readFile(join(checkout, '.mocharc.json'), 'utf8')) as MochaSettings; // our own file
}
