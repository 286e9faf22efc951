import { temporalCli } from './temporal-cli.js';

/* What `make setup` fetches ahead of its use. */
try {
  await temporalCli();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
