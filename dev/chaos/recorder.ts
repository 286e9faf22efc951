import { createWriteStream } from 'node:fs';
import type { ChaosEvent } from './history.js';

/** Keeps what happens, and writes it down at once: a line of JSON each. */
export interface Recorder {
  record(event: ChaosEvent): void;
  /** All so far, in the order of time. */
  events(): readonly ChaosEvent[];
  close(): Promise<void>;
}

/** Writes to this file. */
export function createRecorder(file: string): Recorder {
  const events: ChaosEvent[] = [];
  const out = createWriteStream(file);
  return {
    record: (event) => {
      events.push(event);
      out.write(`${JSON.stringify(event)}\n`);
    },
    events: () => events.toSorted((one, other) => one.at - other.at),
    close: () => new Promise((resolve) => out.end(resolve)),
  };
}
