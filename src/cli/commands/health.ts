import { Command } from 'commander';
import { loadConfig } from '../../config.js';
import { KeeperError } from '../../domain/errors.js';
import { containerProgram } from '../container-program.js';
import type { CliIo } from '../io.js';

/** Shorter than the image's own time-out, so that it is we who say what was wrong. Milliseconds. */
const patience = 3_000;

/** `ltd-keeper health`, which the image's HEALTHCHECK runs beside the program of the container. */
export function healthCommand(io: CliIo): Command {
  return new Command('health')
    .description('say whether the program of this container is well; for the HEALTHCHECK of the image')
    .action(async () => {
      // The others listen to nobody. A worker that fails ends, and with it its container.
      const program = await containerProgram();
      const listens = program === undefined || !['worker', 'migrate'].includes(program);
      io.stdout.write(`${listens ? await askApi(io) : `The ${program} runs.`}\n`);
    });
}

async function askApi(io: CliIo): Promise<string> {
  const { host, port } = loadConfig('cli', io.env).http;
  const url = `http://${ownHost(host)}:${port}/healthz`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(patience) }).catch((cause: unknown) => {
    throw new KeeperError('unavailable', `The API does not answer at ${url}; see its log`, { cause });
  });
  if (!answer.ok)
    throw new KeeperError('unavailable', `The API answers ${answer.status} at ${url}; see its log`);
  return `The API answers at ${url}.`;
}

/** Who listens everywhere is asked here; an IPv6 address has brackets in a URL. */
function ownHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
