import { Interrupted, untilAborted } from './interruption.js';
import { startStack } from './stack/start-stack.js';
import { type StackOptions, stackOptions } from './stack/options.js';
import { bucket, type Variables } from './stack/environment.js';

/* `make dev`: the whole stack in the foreground, until Ctrl-C or SIGTERM. */

/** What comes within this time of the first signal is the same one. Milliseconds. */
const secondThoughts = 1_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function summary({ folder, s3Latency, metricsPort }: StackOptions, variables: Variables): string {
  const site = variables['LTD_EDGE_URL']?.replace('127.0.0.1', '<product>.localhost');
  const slow = s3Latency === 0 ? '' : `, every request delayed ${s3Latency} ms`;
  return [
    'The stack is up.',
    `  API             ${variables['LTD_KEEPER_URL']} (user ${variables['LTD_USERNAME']}, password ${variables['LTD_PASSWORD']})`,
    `  sites           ${site}`,
    `  Temporal UI     ${variables['TEMPORAL_UI_URL']}`,
    `  object store    ${variables['AWS_ENDPOINT_URL_S3']} (bucket ${bucket}${slow})`,
    `  PostgreSQL      ${variables['DATABASE_URL']}`,
    ...(metricsPort === undefined ? [] : [`  metrics         ${metricsAddresses(metricsPort)}`]),
    `  logs            ${folder}/logs`,
    `All of it for a shell: set -a; . ${folder}/env; set +a`,
    'Stop with Ctrl-C.',
  ].join('\n');
}

/** The API and the worker cannot share the port that `LTD_METRICS_PORT` names. */
function metricsAddresses(port: number): string {
  if (port === 0) return 'on two free ports, which the logs of API and worker name';
  return `http://127.0.0.1:${port}/metrics (API), http://127.0.0.1:${port + 1}/metrics (worker)`;
}

/** Aborts when we are to stop: told by a signal, or because the make that started us is gone. */
function told(): AbortSignal {
  const stopping = new AbortController();
  const stop = (reason: string): void => {
    if (stopping.signal.aborted) return;
    print(`Stopping (${reason}) ...`);
    stopping.abort(new Interrupted(reason));
  };
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      first ??= performance.now();
      stop(signal);
      // Another one is an order, and our guardian stops what we leave. But make passes on what we got ourselves.
      if (performance.now() - first > secondThoughts) process.exit(1);
    });
  const parent = process.ppid;
  // Also what keeps this process running: its children do not.
  setInterval(() => {
    if (process.env['MAKELEVEL'] !== undefined && process.ppid !== parent) stop('make is gone');
  }, 500);
  return stopping.signal;
}

async function main(): Promise<void> {
  // Whoever read our output may have left; that is no reason to fall over.
  process.stdout.on('error', () => undefined);
  const stopping = told();
  const options = stackOptions(process.env);
  print(`Starting the stack in ${options.folder} ...`);
  try {
    const stack = await startStack(options, print, stopping);
    print(summary(options, stack.variables()));
    await untilAborted(stopping);
    await stack.stop();
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
  }
  print('Stopped; nothing is left running.');
}

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
