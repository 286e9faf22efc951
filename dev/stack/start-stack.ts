import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../folder-lock.js';
import { freePort } from '../free-port.js';
import { unlessAborted } from '../interruption.js';
import { buildRoot } from '../../scripts/paths.js';
import { postgresUrl } from '../postgres.js';
import { type Exit, logTail } from '../start-process.js';
import { temporalCli } from '../temporal-cli.js';
import { removeEnvFile, type StackFacts, userVariables, type Variables, writeEnvFile } from './environment.js';
import { rotateLogs } from './logs.js';
import type { StackOptions } from './options.js';
import { stackPorts } from './ports.js';
import { killLeftovers, noteProcesses } from './processes-file.js';
import { untilApiReady, untilWorkerPolls } from './readiness.js';
import { stackSecrets } from './secrets.js';
import {
  apiService,
  edgeService,
  migrate,
  numberedName,
  objectStoreService,
  postgresService,
  temporalService,
  workerService,
} from './services.js';
import { type Service, supervise, type Supervised, type SupervisorEvents } from './supervise.js';

/** A running stack. */
export interface Stack {
  /** The current variables of `$DEV_DIR/env`. */
  variables(): Variables;
  /** The current process ids by name: `postgres`, `api`, `api-2`, `worker`, ... */
  processes(): ReadonlyMap<string, number>;
  /** The addresses of the API's processes, without a trailing slash. */
  readonly apiUrls: readonly string[];
  /** Stops every process in the order of their dependencies, and frees every port. */
  stop(): Promise<void>;
}

const database = 'ltd_keeper';

/**
 * Starts the whole stack on the state in its folder and restarts processes that die. Resolves when all are ready and
 * `env` in the folder has their addresses. @throws {Error} with the cause and the last log lines of a process that
 * ended, or the reason of `interrupted`; it stops all started processes first.
 */
export async function startStack(
  options: StackOptions,
  report: (line: string) => void,
  interrupted?: AbortSignal,
): Promise<Stack> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const lock = await lockFolder(folder);
  if (lock === undefined)
    throw new Error(
      `Another stack runs in ${folder}. Stop it, or use another folder: DEV_DIR=.dev2 DEV_PORTS=auto make dev`,
    );
  const running: Supervised[] = [];
  const stop = async (): Promise<void> => {
    await removeEnvFile(folder);
    await stopInReverse(running);
    await noteProcesses(folder, []);
    lock.release();
  };
  const failing = new AbortController();
  const signal = AbortSignal.any(interrupted === undefined ? [failing.signal] : [failing.signal, interrupted]);
  try {
    return await startLocked(options, { report, running, stop, failing, signal });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Starting {
  readonly report: (line: string) => void;
  /** In the order of their start. */
  readonly running: Supervised[];
  readonly stop: () => Promise<void>;
  /** Aborts when a step fails or a process ends. */
  readonly failing: AbortController;
  /** Aborts with `failing` or by the caller; then every start ends. */
  readonly signal: AbortSignal;
}

async function startLocked(options: StackOptions, starting: Starting): Promise<Stack> {
  const { report, running, stop, failing, signal } = starting;
  const { folder } = options;
  await removeEnvFile(folder);
  await killLeftovers(folder);
  await rotateLogs(join(folder, 'logs'));
  const facts = await unlessAborted(signal, factsOf(options, signal));
  const pidOf = (name: string): string => String(running.find((each) => each.name === name)?.pid());
  const variables = (): Variables => ({
    ...userVariables(facts),
    API_PID: pidOf('api'),
    WORKER_PID: pidOf('worker'),
  });
  let up = false;
  // In sequence, so that the last write is the newest.
  let noted: Promise<void> = Promise.resolve();
  const note = (): Promise<void> => {
    noted = noted
      .catch(() => undefined)
      .then(async () => {
        await noteProcesses(
          folder,
          running.map((each) => each.pid()),
        );
        if (up) await writeEnvFile(folder, variables());
      });
    return noted;
  };
  const events: SupervisorEvents = {
    ...reporting(report, note),
    ended: (name, exit) => {
      if (!up)
        void endedEarly(folder, name, exit).then((error) => {
          failing.abort(error);
        });
    },
  };
  const start = async (service: Service): Promise<void> => {
    signal.throwIfAborted();
    running.push(await supervise(service, events));
    await note();
  };
  await start(postgresService(options, facts, database));
  await allOrNone(failing, [
    start(temporalService(folder, facts)),
    start(objectStoreService(options, facts)),
    migrate(folder, facts),
  ]);
  await start(edgeService(folder, facts));
  const apis = apisOf(facts);
  for (const api of apis) await start(apiService(folder, facts, api));
  for (let number = 1; number <= (options.counts?.worker ?? 1); number += 1)
    await start(workerService(folder, facts, { number }));
  const ready = apis.map((api) =>
    untilApiReady(api.port, join(folder, 'logs', `${numberedName('api', api)}.log`), signal),
  );
  await allOrNone(failing, [...ready, untilWorkerPolls(facts.ports.temporal, folder, signal)]);
  signal.throwIfAborted();
  up = true;
  await note();
  return {
    variables,
    processes: () => new Map(running.map((each) => [each.name, each.pid()])),
    apiUrls: apis.map(({ port }) => `http://127.0.0.1:${port}`),
    stop: async () => {
      up = false;
      await noted;
      await stop();
    },
  };
}

async function factsOf(options: StackOptions, signal: AbortSignal): Promise<StackFacts> {
  const [ports, secrets, cli] = await Promise.all([
    stackPorts(options.ports),
    stackSecrets(options.folder),
    temporalCli(),
  ]);
  const password = secrets.postgresPassword;
  const databaseUrl = postgresUrl({ port: ports.postgres, password, database });
  const more = (options.counts?.api ?? 1) - 1;
  const moreApiPorts = await Promise.all(Array.from({ length: more }, freePort));
  const { code = buildRoot, settings = {}, metricsPort } = options;
  return { ports, secrets, databaseUrl, temporalCli: cli, moreApiPorts, code, settings, metricsPort, signal };
}

function apisOf({ ports, moreApiPorts }: StackFacts): readonly { number: number; port: number }[] {
  return [ports.api, ...moreApiPorts].map((port, index) => ({ number: index + 1, port }));
}

/** Waits for all steps. When one fails, ends the others and throws the first error. */
async function allOrNone(failing: AbortController, steps: readonly Promise<void>[]): Promise<void> {
  const ends = steps.map((step) =>
    step.catch((error: unknown) => {
      failing.abort(error);
    }),
  );
  await Promise.all(ends);
  failing.signal.throwIfAborted();
}

async function endedEarly(folder: string, name: string, { code, signal }: Exit): Promise<Error> {
  const logFile = join(folder, 'logs', `${name}.log`);
  const how = signal ?? `exit code ${code}`;
  return new Error(`${name} ended while starting (${how}); its log says:\n${await logTail({ logFile })}`);
}

function reporting(report: (line: string) => void, note: () => Promise<void>): Omit<SupervisorEvents, 'ended'> {
  return {
    restarted: (name, { code, signal }) => {
      report(`${name} ended (${signal ?? `exit code ${code}`}) and was started again`);
      note().catch((error: unknown) => {
        report(`env could not be rewritten: ${String(error)}`);
      });
    },
    failed: (name, error) => {
      report(`${name} cannot be started: ${error instanceof Error ? error.message : String(error)}`);
    },
  };
}

/** API and worker stop first: the worker returns its tasks, which needs Temporal and PostgreSQL. */
async function stopInReverse(running: readonly Supervised[]): Promise<void> {
  const first = running.filter(({ name }) => /^(api|worker)/.test(name));
  const rest = running.filter((each) => !first.includes(each)).reverse();
  await Promise.all(first.map((each) => each.stop()));
  for (const each of rest) await each.stop();
}
