import { randomInt } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '../interruption.js';
import { type Finding, hurtBroken } from './hurt-broken.js';
import { breakNames, findBreak } from './known-breaks.js';
import { chaosOptions } from './options.js';
import { explainFailure, summarise } from './report.js';
import { runChaos } from './run-chaos.js';

/*
 * `make chaos`: hurts a stack of its own in every way that we know, for DURATION seconds, and checks what is promised.
 * The same SEED plans the same faults. Ends with 1 when a promise was broken. With BREAK the service is broken on
 * purpose first, in one way or, with `all`, in each of them in turn, and it ends with 1 when that was not found.
 */
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const broken = process.env['BREAK'] ?? '';
  process.exitCode = broken === '' ? await hurt() : await find(broken);
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

/** Answers how to end: with 0 where each of these breaks was found. */
async function find(name: string): Promise<number> {
  const breaks = await Promise.all((name === 'all' ? await breakNames() : [name]).map(findBreak));
  const interrupted = interruption();
  const findings: Finding[] = [];
  for (const broken of breaks) {
    findings.push(await hurtBroken(broken, process.env, (text) => process.stdout.write(text)));
    // A child gets the same signals, and ends in order.
    interrupted.throwIfAborted();
  }
  for (const { name: found, checks } of findings)
    say(
      checks.length > 0
        ? `Found: ${found}, by: ${checks.join('; ')}`
        : `NOT FOUND: ${found}. The checks, the load or the faults lack something.`,
    );
  return findings.every(({ checks }) => checks.length > 0) ? 0 : 1;
}

/** With its causes: what could not be done, and why. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${explain(error.cause)}`;
}
