import { Interrupted, untilAborted } from './interruption.js';
import { startStack } from './stack/start-stack.js';
import { type StackOptions, stackOptions } from './stack/options.js';
import { bucket, type Variables } from './stack/environment.js';

/* `make dev`: runs the whole stack in the foreground until Ctrl-C or SIGTERM. */

/** A terminal and make may both deliver one Ctrl-C; a second signal within this time is the same one. Milliseconds. */
const duplicateWindowMs = 1_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function summary({ folder, s3LatencyMs, metricsPort }: StackOptions, variables: Variables): string {
  const site = variables['LTD_EDGE_URL']?.replace('127.0.0.1', '<product>.localhost');
  const slow = s3LatencyMs === 0 ? '' : `, every request delayed ${s3LatencyMs} ms`;
  return [
    'The stack is up.',
    `  API             ${variables['LTD_KEEPER_URL']} ` +
      `(user ${variables['LTD_USERNAME']}, password ${variables['LTD_PASSWORD']})`,
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

/** API and worker cannot share the port in `LTD_METRICS_PORT`. */
function metricsAddresses(port: number): string {
  if (port === 0) return 'on two free ports, which the logs of API and worker name';
  return `http://127.0.0.1:${port}/metrics (API), http://127.0.0.1:${port + 1}/metrics (worker)`;
}

/** Aborts at a stop signal, or when the make that started this process ends. */
function stopSignal(): AbortSignal {
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
      // A later signal ends this process at once; the guardian stops the rest.
      if (performance.now() - first > duplicateWindowMs) process.exit(1);
    });
  const parent = process.ppid;
  // The interval also keeps this process running, since its children do not.
  setInterval(() => {
    if (process.env['MAKELEVEL'] !== undefined && process.ppid !== parent) stop('make is gone');
  }, 500);
  return stopping.signal;
}

async function main(): Promise<void> {
  // A closed pipe must not end the stack.
  process.stdout.on('error', () => undefined);
  const stopping = stopSignal();
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
