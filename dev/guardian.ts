/*
 * A program that runs beside every stack. It reads `add <pid> <signal>`, `remove <pid>` and `folder <path>` from
 * standard input. When that ends, also by a `kill -9` of the stack, it stops every process added and not removed, and
 * deletes the folders.
 */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalGroup } from './process-group.js';

/** The time that PostgreSQL needs for its last checkpoint. Milliseconds. */
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

// The stack handles these signals; the guardian must outlive it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
for await (const line of createInterface({ input: process.stdin })) obey(line);
await stopGuarded();
await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
