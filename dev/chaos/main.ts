import { randomInt } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interruption } from '../interruption.js';
import { chaosOptions } from './options.js';
import { explainFailure, summarise } from './report.js';
import { runChaos } from './run-chaos.js';

/*
 * `make chaos`: hurts a stack of its own in every way that we know, for DURATION seconds, and checks what is promised.
 * The same SEED plans the same faults. Ends with 1 when a promise was broken.
 */
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const options = chaosOptions(process.env, () => randomInt(1_000_000));
  const folder = await mkdtemp(join(tmpdir(), `ltd-keeper-chaos-${options.seed}-`));
  say(`Seed ${options.seed}, ${options.duration / 1_000} s of faults, in ${folder}`);
  const result = await runChaos({ ...options, folder, report: say, signal: interruption() });
  say(summarise(result));
  if (result.violations.length > 0) {
    say(explainFailure(result));
    process.exitCode = 1;
  }
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
