import { randomUUID } from 'node:crypto';
import { givenRequestId } from '../../../domain/request-id.js';
import type { Logger } from '../../../observability/logger.js';
import { withRequestId } from '../../../observability/request-context.js';
import type { AppMiddleware } from '../app-context.js';

/**
 * Names a request, by what it came with or by a new UUID. The name is sent back with every answer, and is known to
 * everything that is done for the request: log lines, workflows, requests to the object store.
 */
export function requestId(logger: Logger): AppMiddleware {
  return async (ctx, next) => {
    const id = givenRequestId(ctx.get('x-request-id'), ctx.get('traceparent')) ?? randomUUID();
    ctx.state.requestId = id;
    ctx.state.logger = logger;
    ctx.set('x-request-id', id);
    await withRequestId(id, next);
  };
}
