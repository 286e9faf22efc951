import { randomUUID } from 'node:crypto';
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

/** Ids of other systems that are safe to print into a header and a log. */
const sane = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** The trace id of a W3C `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header). */
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-|$)/;
const invalidTrace = '0'.repeat(32);

/**
 * The id that a request came with: its `X-Request-Id`, if that is sane, else the trace that it is part of; null where
 * it has neither.
 */
export function givenRequestId(requestId: string, trace: string): string | null {
  if (sane.test(requestId)) return requestId;
  const [, traceId = invalidTrace] = traceparent.exec(trace) ?? [];
  return traceId === invalidTrace ? null : traceId;
}
