#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(import.meta.resolve('../build/src/cli/main.js'));

if (existsSync(main)) {
  await import('../build/src/cli/main.js');
} else {
  console.error("ltd-keeper is not compiled yet. Run 'make build' in its checkout, then try again.");
  process.exitCode = 1;
}
