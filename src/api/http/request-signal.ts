import type { ServerResponse } from 'node:http';

/**
 * A signal that ends waiting: aborted when the connection of `response` closes before the answer is whole, or the process
 * begins to stop. Once it is whole nobody waits, and most requests are spared the cost of an abort.
 */
export function requestSignal(response: ServerResponse, stopping: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort();
  };
  // Not AbortSignal.any: its sources hold on to every signal made of them, and `stopping` lives as long as we do.
  stopping.addEventListener('abort', abort, { once: true });
  response.once('close', () => {
    stopping.removeEventListener('abort', abort);
    if (!response.writableFinished) abort();
  });
  if (stopping.aborted) abort();
  return controller.signal;
}
