import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { join } from 'node:path';

/** One for the process, started with the first child. It acts when this process dies. */
let guardian: ChildProcess | undefined;

/** Stops the process group of `pid` by this signal when this process ends, in any way. */
export function guard(pid: number, stopSignal: NodeJS.Signals): void {
  tell(`add ${pid} ${stopSignal}`);
}

/** Unregisters a process that ended, because its id may be reused. */
export function unguard(pid: number): void {
  tell(`remove ${pid}`);
}

/** Deletes this temporary folder when this process and its children have ended, in any way. */
export function guardFolder(path: string): void {
  tell(`folder ${path}`);
}

function tell(line: string): void {
  guardian ??= startGuardian();
  guardian.stdin?.write(`${line}\n`);
}

function startGuardian(): ChildProcess {
  // In its own session, so that Ctrl-C does not reach it; without coverage.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'guardian.js')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: '/',
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  });
  child.unref();
  // Neither the process nor its pipe keeps this process alive.
  if (child.stdin instanceof Socket) child.stdin.unref();
  child.stdin.on('error', () => undefined); // Only when somebody killed the guardian: then there is none.
  return child;
}
