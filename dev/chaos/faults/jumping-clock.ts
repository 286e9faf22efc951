import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Loaded into a process before its program (`node --import`): its wall clock jumps by as many milliseconds as a file
 * with the process's id as its name says, in the folder that CHAOS_CLOCKS names. As when an administrator sets a
 * machine's clock, what counts from the start of the process (`performance.now()`, timers) goes on undisturbed.
 */
const folder = process.env['CHAOS_CLOCKS'] ?? '';
const file = join(folder, String(process.pid));

/** How often the file is looked for. Milliseconds. */
const interval = 200;

let offset = 0;
setInterval(() => {
  offset = readOffset();
}, interval).unref();

/** Looked for and read in one go: it may be removed at any moment. */
function readOffset(): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

const RealDate = Date;
const now = (): number => RealDate.now() + offset;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  apply: () => new RealDate(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
