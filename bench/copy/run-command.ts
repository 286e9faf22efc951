import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkout } from '../../scripts/paths.js';
import { startProcess } from '../../dev/start-process.js';
import type { Cost } from './cost.js';

const measured = z.object({
  code: z.number(),
  seconds: z.number(),
  cpuSeconds: z.number(),
  peakRss: z.number(),
});

export interface Command {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The file of its output. */
  readonly logFile: string;
}

/**
 * Runs a program and measures it, its start included. Also returns the last line of its output. @throws {Error} when it
 * fails, with the end of its output.
 */
export async function runCommand(program: Command): Promise<Cost & { readonly lastLine: string }> {
  const child = await startProcess({
    name: program.name,
    command: 'python3',
    args: [join(checkout, 'bench', 'copy', 'measured.py'), ...program.command],
    logFile: program.logFile,
    env: program.env,
  });
  const waiting = setInterval(() => undefined, 1_000); // The child alone does not keep us running.
  await child.exited;
  clearInterval(waiting);
  const lines = (await readFile(program.logFile, 'utf8')).trimEnd().split('\n');
  const { code, ...cost } = parse(lines.at(-1) ?? '');
  if (code !== 0) throw new Error(`${program.name} failed (${code}):\n${lines.slice(-12).join('\n')}`);
  return { ...cost, lastLine: lines.at(-2) ?? '' };
}

function parse(line: string): z.output<typeof measured> {
  try {
    return measured.parse(JSON.parse(line));
  } catch (cause) {
    throw new Error(`bench/copy/measured.py was ended before it could tell what it measured: ${line}`, {
      cause,
    });
  }
}
