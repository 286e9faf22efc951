import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomInt } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '../interruption.js';
import { makeBrokenCopy } from './broken-copy.js';
import { chaosOptions } from './options.js';
import { explainFailure, summarise } from './report.js';
import { runChaos } from './run-chaos.js';

/*
 * `make chaos`: hurts a stack of its own in every way that we know, for DURATION seconds, and checks what is promised.
 * The same SEED plans the same faults. Ends with 1 when a promise was broken. With BREAK the service is broken on
 * purpose first, and it ends with 1 when that was not found.
 */
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const broken = process.env['BREAK'] ?? '';
  process.exitCode = broken === '' ? await hurt() : await hurtBroken(broken);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${explain(error)}\n`);
}

/** Answers how to end. */
async function hurt(): Promise<number> {
  const options = chaosOptions(process.env, () => randomInt(1_000_000));
  const folder = await mkdtemp(join(tmpdir(), `ltd-keeper-chaos-${options.seed}-`));
  say(`Seed ${options.seed}, ${options.duration / 1_000} s of faults, in ${folder}`);
  const result = await runChaos({ ...options, folder, report: say, signal: interruption() });
  say(summarise(result));
  if (result.violations.length === 0) return 0;
  say(explainFailure(result));
  return 1;
}

/** Does the same to a copy that is broken in this way. */
async function hurtBroken(name: string): Promise<number> {
  say(`Compiling a copy that is broken: ${name}`);
  const folder = await makeBrokenCopy(name);
  const child = spawn(process.execPath, [join(folder, 'build', 'dev', 'chaos', 'main.js')], {
    cwd: folder,
    env: { ...process.env, BREAK: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (text: Buffer) => {
    said.push(text);
    process.stdout.write(text);
  });
  // The child gets the same signals, and ends in order.
  interruption();
  await once(child, 'close');
  const isFound = /^VIOLATION/m.test(Buffer.concat(said).toString());
  say(isFound ? `Found: ${name}` : `NOT FOUND: ${name}. The checks, the load or the faults lack something.`);
  return isFound ? 0 : 1;
}

/** With its causes: what could not be done, and why. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${explain(error.cause)}`;
}
