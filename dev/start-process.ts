import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { guard, unguard } from './guard.js';
import { signalGroup, signalProcess } from './process-group.js';

export interface ProcessOptions {
  /** The name for people: `PostgreSQL`, `worker`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The file for standard output and error; the process appends. */
  readonly logFile: string;
  /** The whole environment. @default this process's own */
  readonly env?: NodeJS.ProcessEnv;
  /** @default '/' */
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** The signal that stops it. @default 'SIGTERM' */
  readonly stopSignal?: NodeJS.Signals;
}

/** The end of a process. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process in its own process group. The guardian stops it when this process ends. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  exit(): Exit | undefined;
  /** Sends the stop signal; kills what remains after `grace` milliseconds. @default 10000 */
  stop(grace?: number): Promise<Exit>;
}

/** Starts a child process, which does not keep this process running. @throws {Error} when it cannot start. */
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

/** The end of its log, for error messages. */
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
  // An interval, because the child alone does not keep this process running.
  const killer = setInterval(() => signalGroup(pid, 'SIGKILL'), grace);
  const exit = await exited;
  clearInterval(killer);
  // Grandchildren that it left, usually none.
  signalGroup(pid, 'SIGKILL');
  return exit;
}
