import type { AppMiddleware } from '../app-context.js';

/**
 * Says with every answer of a process that is about to stop that its connection closes: a client that keeps it would
 * send its next request just when it is cut.
 */
export function lastAnswer(stopping: AbortSignal): AppMiddleware {
  return async (ctx, next) => {
    await next();
    if (stopping.aborted) ctx.set('connection', 'close');
  };
}
