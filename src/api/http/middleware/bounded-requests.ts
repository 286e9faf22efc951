import { LtdError } from '../../../domain/errors.js';
import type { AppMiddleware } from '../app-context.js';

/** A supervisor that got no answer from a busy process would end it. */
const alwaysAnswered = new Set(['/healthz', '/readyz']);

/**
 * Works on so many requests at a time: the memory of a process is bounded, whatever it waits for, and whoever comes too
 * many hears of it at once.
 */
export function boundedRequests(most: number): AppMiddleware {
  let underWay = 0;
  return async (ctx, next) => {
    if (alwaysAnswered.has(ctx.path)) {
      await next();
      return;
    }
    if (underWay >= most) throw new LtdError('unavailable', `${most} requests are being worked on. Please try again.`);
    underWay += 1;
    try {
      await next();
    } finally {
      underWay -= 1;
    }
  };
}

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
