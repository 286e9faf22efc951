import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';

/** One for the process: what it guards against is the death of this process. Started with the first child. */
let guardian: ChildProcess | undefined;

/** From now on the process group led by `pid` is stopped, by this signal, when this process ends in whatever way. */
export function guard(pid: number, stopSignal: NodeJS.Signals): void {
  tell(`add ${pid} ${stopSignal}`);
}

/** The process has ended: its id may soon be another's. */
export function unguard(pid: number): void {
  tell(`remove ${pid}`);
}

/** This temporary folder is deleted when this process has ended in whatever way, and its children with it. */
export function guardFolder(path: string): void {
  tell(`folder ${path}`);
}

function tell(line: string): void {
  guardian ??= startGuardian();
  guardian.stdin?.write(`${line}\n`);
}

function startGuardian(): ChildProcess {
  // Its own session, so that Ctrl-C does not reach it; no coverage, it is not what is measured.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'guardian.js')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: '/',
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  });
  child.unref();
  // Neither the process nor the pipe to it keeps this process running.
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.stdin.on('error', () => undefined); // Only when somebody killed the guardian: then there is none.
  return child;
}
