/**
 * Runs the object store as a process. Reads flags and environment (process-options.ts), prints `{"url": …, "adminUrl":
 * …}` on one line once it listens, and stops at SIGTERM or SIGINT.
 */
import { readProcessOptions } from './process-options.js';
import { startObjectStore } from './start-object-store.js';

async function main(): Promise<void> {
  const server = await startObjectStore(readProcessOptions(process.argv.slice(2), process.env));
  const stop = (): void => {
    void server.close();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`${JSON.stringify({ url: server.url, adminUrl: server.adminUrl })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
