import type { ServerResponse } from 'node:http';

/** A signal that ends waiting: aborted when the connection of `response` closes or the process begins to stop. */
export function requestSignal(response: ServerResponse, stopping: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => {
    stopping.removeEventListener('abort', abort);
    controller.abort();
  };
  // Not AbortSignal.any: its sources hold on to every signal made of them, and `stopping` lives as long as we do.
  stopping.addEventListener('abort', abort, { once: true });
  response.once('close', abort);
  if (stopping.aborted) abort();
  return controller.signal;
}
