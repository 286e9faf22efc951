/*
 * A program of its own, started beside every stack. It reads `add <pid> <signal>` and `remove <pid>` from its standard
 * input; when that ends, and were it by a `kill -9` of the stack, it stops what was added and not removed. Then it
 * deletes the temporary folders that `folder <path>` told it. So nothing is ever left behind.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalGroup } from './process-group.js';

/** Long enough for PostgreSQL to write its last checkpoint. Milliseconds. */
const grace = 5_000;

const guarded = new Map<number, NodeJS.Signals>();
const folders: string[] = [];

function obey(line: string): void {
  const [verb, pid, signal] = line.split(' ');
  if (verb === 'add') guarded.set(Number(pid), signal as NodeJS.Signals); // written by guard.ts alone
  if (verb === 'remove') guarded.delete(Number(pid));
  if (verb === 'folder') folders.push(line.slice('folder '.length)); // a path may hold spaces
}

async function stopGuarded(): Promise<void> {
  for (const [pid, signal] of guarded) signalGroup(pid, signal);
  const end = performance.now() + grace;
  while (performance.now() < end && [...guarded.keys()].some(isAlive)) await sleep(50);
  for (const pid of guarded.keys()) signalGroup(pid, 'SIGKILL');
}

// Signals meant for the stack are the stack's to handle; the guardian outlives it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for await (const line of createInterface({ input: process.stdin })) obey(line);
await stopGuarded();
await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
