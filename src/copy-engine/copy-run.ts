import type { Gate } from '../integrations/object-store/object-store.js';
import type { WriteControl } from './copy-job.js';
import { Pool } from './pool.js';

/** One piece of work under way: its tasks, and the gates that all its requests pass. */
export interface Run {
  readonly pool: Pool;
  /** Of requests that change nothing. */
  readonly readGate: Gate;
  /** Of every write and delete. */
  readonly writeGate: Gate;
}

/**
 * Does a piece of work that stops with its control's signal, its control's `mayWrite` or its own first failure, and
 * settles only when nothing that it sent is unanswered. The reason of an abort goes before whatever else failed.
 */
export async function withRun<T>(
  control: WriteControl,
  concurrency: number,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const run = createRun(control, concurrency);
  try {
    const result = await work(run);
    run.readGate();
    return result;
  } catch (error) {
    await run.pool.drain();
    control.signal.throwIfAborted();
    throw error;
  }
}

function createRun(control: WriteControl, concurrency: number): Run {
  const pool = new Pool({ concurrency, signal: control.signal });
  return {
    pool,
    readGate: () => {
      pool.assertOpen();
    },
    writeGate: () => {
      pool.assertOpen();
      control.mayWrite();
    },
  };
}
