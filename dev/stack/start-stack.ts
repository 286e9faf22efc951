import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '../folder-lock.js';
import { postgresUrl } from '../postgres.js';
import { temporalCli } from '../temporal-cli.js';
import {
  removeEnvFile,
  type StackFacts,
  userVariables,
  type Variables,
  writeEnvFile,
} from './environment.js';
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
  objectStoreService,
  postgresService,
  temporalService,
  workerService,
} from './services.js';
import { type Service, supervise, type Supervised, type SupervisorEvents } from './supervise.js';

/** A stack that is up. */
export interface Stack {
  /** The lines of `$DEV_DIR/env`, as they are now. */
  variables(): Variables;
  /** Stops every process, those that others need last, and frees every port. */
  stop(): Promise<void>;
}

/** The database of the stack. */
const database = 'ltd_keeper';

/**
 * Starts the whole stack on the state in its folder, and keeps each of its processes running. When it resolves all is
 * up, and `env` in the folder says where.
 *
 * @throws {Error} that says what failed, after stopping what was started.
 */
export async function startStack(options: StackOptions, report: (line: string) => void): Promise<Stack> {
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
  try {
    return await startLocked(options, { report, running, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Starting {
  readonly report: (line: string) => void;
  /** Filled in the order of their start. */
  readonly running: Supervised[];
  readonly stop: () => Promise<void>;
}

async function startLocked(options: StackOptions, { report, running, stop }: Starting): Promise<Stack> {
  const { folder } = options;
  await removeEnvFile(folder);
  await killLeftovers(folder);
  await rotateLogs(join(folder, 'logs'));
  const facts = await factsOf(options);
  const pidOf = (name: string): string => String(running.find((each) => each.name === name)?.pid());
  const variables = (): Variables => ({
    ...userVariables(facts),
    API_PID: pidOf('api'),
    WORKER_PID: pidOf('worker'),
  });
  let up = false;
  // One after the other: the last one written is the newest.
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
  const events = reporting(report, note);
  const start = async (service: Service): Promise<void> => {
    running.push(await supervise(service, events));
    await note();
  };
  await start(postgresService(folder, facts, database));
  await Promise.all([
    start(temporalService(folder, facts)),
    start(objectStoreService(options, facts)),
    migrate(folder, facts),
  ]);
  await start(edgeService(folder, facts));
  await start(apiService(folder, facts));
  await start(workerService(folder, facts));
  await Promise.all([untilApiReady(facts.ports.api, folder), untilWorkerPolls(facts.ports.temporal, folder)]);
  up = true;
  await note();
  return {
    variables,
    stop: async () => {
      up = false;
      await noted;
      await stop();
    },
  };
}

async function factsOf(options: StackOptions): Promise<StackFacts> {
  const [ports, secrets, cli] = await Promise.all([
    stackPorts(options.ports),
    stackSecrets(options.folder),
    temporalCli(),
  ]);
  const password = secrets.postgresPassword;
  const databaseUrl = postgresUrl({ port: ports.postgres, password, database });
  return { ports, secrets, databaseUrl, temporalCli: cli };
}

function reporting(report: (line: string) => void, note: () => Promise<void>): SupervisorEvents {
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

/** The API and the worker together first: the worker hands its tasks back, and that needs Temporal and PostgreSQL. */
async function stopInReverse(running: readonly Supervised[]): Promise<void> {
  const first = running.filter(({ name }) => name === 'api' || name === 'worker');
  const rest = running.filter((each) => !first.includes(each)).reverse();
  await Promise.all(first.map((each) => each.stop()));
  for (const each of rest) await each.stop();
}
