import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEntry, StoreStats } from '../../object-store/request-log.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { RemovalEvent, WriteEvent } from '../history.js';
import type { Recorder } from '../recorder.js';

/** What the store forgets when it is killed is at most as old. Milliseconds. */
const interval = 250;

/**
 * Writes down every copy to an edition's prefix and every removal there that the object store has carried out, until
 * the signal comes.
 */
export async function watchWrites(
  { injector }: Pick<ChaosStack, 'injector'>,
  recorder: Pick<Recorder, 'record'>,
  signal: AbortSignal,
): Promise<void> {
  let since = 0;
  while (!signal.aborted) {
    await sleep(interval, undefined, { signal }).catch(() => undefined);
    since = await noteNew(since).catch(() => since); // a store that is down: later
  }

  async function noteNew(seen: number): Promise<number> {
    const { total } = (await injector('GET', '/stats')) as StoreStats; // the injector's own counts
    // A store that was started again counts from the beginning.
    const from = total < seen ? 0 : seen;
    const entries = (await injector('GET', `/log?since=${from}`)) as readonly LogEntry[]; // the injector's own log
    for (const entry of entries) for (const event of eventsIn(entry)) recorder.record(event);
    return entries.at(-1)?.sequence ?? from;
  }
}

function eventsIn(entry: LogEntry): readonly (WriteEvent | RemovalEvent)[] {
  const { operation, key = '', keys = [], source = '', status, at } = entry;
  if (status !== 200 && status !== 204) return [];
  if (operation === 'CopyObject' || operation === 'UploadPartCopy')
    return isOfEdition(key) ? [{ kind: 'write', at, key, source: decodeURIComponent(source) }] : [];
  if (operation === 'DeleteObject') return removals([key], at);
  return operation === 'DeleteObjects' ? removals(keys, at) : [];
}

function removals(keys: readonly string[], at: number): readonly RemovalEvent[] {
  return keys.filter(isOfEdition).map((key) => ({ kind: 'removal', at, key }));
}

function isOfEdition(key: string): boolean {
  return /^[^/]+\/v\//.test(key);
}
