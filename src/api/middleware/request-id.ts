import { randomUUID } from 'node:crypto';
import type { Logger } from '../../observability/logger.js';
import type { AppMiddleware } from '../app-context.js';

/** Ids of other systems that are safe to print into a header and a log. */
const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Names a request: by the `X-Request-Id` that it came with, if that is sane, else by a new UUID. Sent back with every answer. */
export function requestId(logger: Logger): AppMiddleware {
  return async (ctx, next) => {
    const given = ctx.get('x-request-id');
    ctx.state.requestId = sane.test(given) ? given : randomUUID();
    ctx.state.logger = logger.child({ requestId: ctx.state.requestId });
    ctx.set('x-request-id', ctx.state.requestId);
    await next();
  };
}
