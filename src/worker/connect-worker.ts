import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { ServiceLogger } from '../services/ports.js';

/** How long to wait for a server that is not there. Milliseconds. */
const pause = 1_000;

/** Connects as soon as Temporal answers; null when the process is told to stop before that. */
export async function connectWorker(
  options: NativeConnectionOptions,
  { logger, stopping }: { readonly logger: ServiceLogger; readonly stopping: AbortSignal },
): Promise<NativeConnection | null> {
  while (!stopping.aborted) {
    try {
      return await NativeConnection.connect(options);
    } catch (error) {
      logger.warn({ err: error }, 'Temporal does not answer; trying again in a second');
      await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  return null;
}
