import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../../scripts/paths.js';
import { mochaSettings } from './mocha-settings.js';
import { runTestFile } from './run-test-file.js';

/*
 * Runs the test files that its parent names, in sequence, and reports each. One process for many files loads modules
 * and starts servers once. It ends when its parent disconnects.
 */

/** A time limit, because tests that leave something open would block the suite's end. Milliseconds. */
const timeoutMs = 60_000;

const settings = await mochaSettings();
// As mocha does before the first file: it contains the hooks of the whole run.
const { mochaGlobalTeardown } = (await import(pathToFileURL(join(checkout, settings.require)).href)) as {
  readonly mochaGlobalTeardown: () => Promise<void>;
};

async function end(): Promise<void> {
  await mochaGlobalTeardown();
  setTimeout(() => {
    process.stderr.write(`Tests left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  }, timeoutMs).unref();
}

// During a test mocha attributes it to that test; at other times it ends this process.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

let running = false;
process.on('message', (file: string) => {
  running = true;
  void runTestFile(file, settings).then((report) => {
    running = false;
    process.send?.(report);
  });
});
process.once('disconnect', () => {
  if (running) process.exit(1); // the parent is gone
  void end();
});
