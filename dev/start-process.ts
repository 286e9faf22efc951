import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { guard, unguard } from './guard.js';
import { signalGroup, signalProcess } from './process-group.js';

/** What to start, and as whom. */
export interface ProcessOptions {
  /** As people know it: `PostgreSQL`, `worker`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Standard output and error are appended to this file. */
  readonly logFile: string;
  /** The whole environment. @default this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** @default '/' */
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** What asks it to end. @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process, in a process group of its own and guarded: it never outlives this process. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  exit(): Exit | undefined;
  /** Asks it to end; what is left of it after `grace` milliseconds is killed. @default 10000 */
  stop(grace?: number): Promise<Exit>;
}

/**
 * Starts a child process. It does not keep this process running.
 *
 * @throws {Error} when it cannot be started at all.
 */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { name, logFile, stopSignal = 'SIGTERM' } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const { uid, gid } = options;
  const child = spawn(options.command, options.args, {
    cwd: options.cwd ?? '/',
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  closeSync(log);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const pid = await new Promise<number>((resolve, reject) => {
    child.once('error', (cause) => {
      reject(new Error(`${name} cannot be started (${options.command}): ${cause.message}`, { cause }));
    });
    child.once('spawn', () => {
      resolve(child.pid ?? NaN);
    });
  });
  child.unref();
  guard(pid, stopSignal);
  let exit: Exit | undefined;
  void exited.then((seen) => {
    exit = seen;
    unguard(pid);
  });
  return {
    name,
    pid,
    logFile,
    exited,
    exit: () => exit,
    stop: (grace = 10_000) => stopProcess({ pid, exited, stopSignal, grace }),
  };
}

/** The end of its log, for the message of a failure. */
export async function logTail(process: Pick<RunningProcess, 'logFile'>): Promise<string> {
  const text = await readFile(process.logFile, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-12).join('\n');
}

interface Stopping {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly stopSignal: NodeJS.Signals;
  readonly grace: number;
}

async function stopProcess({ pid, exited, stopSignal, grace }: Stopping): Promise<Exit> {
  signalProcess(pid, stopSignal);
  // Repeated, for the child alone does not keep us running until it is gone.
  const killer = setInterval(() => signalGroup(pid, 'SIGKILL'), grace);
  const exit = await exited;
  clearInterval(killer);
  // Grandchildren that it left; none in the normal case.
  signalGroup(pid, 'SIGKILL');
  return exit;
}
