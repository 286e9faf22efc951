import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { loadConfig } from '../../config/load-config.js';
import { LtdError } from '../../domain/errors.js';
import type { CliIo } from '../io.js';

/** Shorter than the image's own time-out, so that it is we who say what was wrong. Milliseconds. */
const patience = 3_000;

/** `ltd-keeper health`, which the image's HEALTHCHECK runs beside the program of the container. */
export function healthCommand(io: CliIo): Command {
  return new Command('health')
    .description('say whether the program of this container is well; for the HEALTHCHECK of the image')
    .action(async () => {
      const { http, metrics } = loadConfig('cli', io.env);
      const isWorker = (await containerProgram()) === 'worker';
      const place = isWorker ? metrics : http;
      // A worker that fails ends, and with it its container: without a port to ask, that it runs is all there is to
      // know.
      io.stdout.write(`${place === null ? 'The worker runs.' : await ask(place)}\n`);
    });
}

async function ask({ host, port }: { readonly host: string; readonly port: number }): Promise<string> {
  const url = `http://${ownHost(host)}:${port}/healthz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(patience) }).catch((cause: unknown) => {
    throw new LtdError('unavailable', `Nobody answers at ${url}; see the program's log`, { cause });
  });
  if (!answer.ok) throw new LtdError('unavailable', `${url} answers ${answer.status}; see the program's log`);
  return `${url} answers.`;
}

/** Who listens everywhere is asked here; an IPv6 address has brackets in a URL. */
function ownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * The sub-command that the container was started with, from the command line of its first process; undefined where that
 * cannot be read, as outside of Linux.
 *
 * @param file As `/proc` tells it (proc(5)): each word ends with a NUL.
 */
export async function containerProgram(file = '/proc/1/cmdline'): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\0')
    .filter((word) => word !== '')
    .at(-1);
}
