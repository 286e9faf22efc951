import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkout } from '../../scripts/paths.js';
import { mochaSettings } from './mocha-settings.js';
import { runTestFile } from './run-test-file.js';

/*
 * A program: runs the test files that its parent names, one after the other, and answers each with a report. All in one
 * process, so that modules are loaded and servers started once. It ends when its parent lets go of it.
 */

/** Tests that leave something open would keep the suite from ever ending. Milliseconds. */
const patience = 60_000;

const settings = await mochaSettings();
// As mocha does it before the first file: it holds the hooks of the whole run.
const { mochaGlobalTeardown } = (await import(pathToFileURL(join(checkout, settings.require)).href)) as {
  readonly mochaGlobalTeardown: () => Promise<void>;
};

async function end(): Promise<void> {
  await mochaGlobalTeardown();
  setTimeout(() => {
    process.stderr.write(`Tests left open: ${process.getActiveResourcesInfo().join(', ')}\n`);
    process.exit(1);
  }, patience).unref();
}

// While a test runs mocha takes it for that test's failure; at other times it ends this process.
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
