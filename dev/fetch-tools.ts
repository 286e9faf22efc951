import { temporalCli } from './temporal-cli.js';

/* The downloads of `make setup`. */
try {
  await temporalCli();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
