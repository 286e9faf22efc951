#!/usr/bin/env node
import { existsSync } from 'node:fs';

/** Programs of their own, under the one name that an image starts; everything else is the command line's. */
const services = new Map([
  ['api', 'api/main.js'],
  ['worker', 'worker/main.js'],
]);

const [name, ...rest] = process.argv.slice(2);
const service = rest.length === 0 ? services.get(name) : undefined;
const main = new URL(`../build/src/${service ?? 'cli/main.js'}`, import.meta.url);

if (existsSync(main)) {
  await import(main);
} else {
  console.error("ltd-keeper is not compiled yet. Run 'make build' in its checkout, then try again.");
  process.exitCode = 1;
}
