import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';

/** The settings of `.mocharc.json`, so that the suite and `npx mocha` run a test in the same way. */
export interface MochaSettings {
  /** Milliseconds. */
  readonly timeout: number;
  /** Milliseconds. */
  readonly slow: number;
  /** The module whose `mochaGlobalTeardown` stops the servers that test files share. */
  readonly require: string;
  /** Options of Node.js, without their dashes. */
  readonly 'node-option': readonly string[];
}

/** Reads `.mocharc.json`. */
export async function mochaSettings(): Promise<MochaSettings> {
  return JSON.parse(await readFile(join(checkout, '.mocharc.json'), 'utf8')) as MochaSettings; // our own file
}
