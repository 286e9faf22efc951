import type { AppContext, AppMiddleware } from '../app-context.js';
import { checkResponse, UndeclaredResponse } from '../run-route.js';
import { type ErrorReply, errorReply } from '../errors.js';
import { sendReply } from './dispatch.js';

/**
 * Turns whatever is thrown further in into an answer. What is our fault is logged whole, and answered without detail.
 */
export function errorBoundary({ checkResponses }: { readonly checkResponses: boolean }): AppMiddleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const reply = replyTo(ctx, error);
      const fault = checkResponses ? undeclared(ctx, reply) : undefined;
      sendReply(ctx, fault === undefined ? reply : replyTo(ctx, fault));
    }
  };
}

function replyTo(ctx: AppContext, error: unknown): ErrorReply {
  const reply = errorReply(error, ctx.state.baseUrl);
  if (reply.status === 500) ctx.state.logger.error({ err: error }, 'a request failed by a fault of ours');
  else if (reply.status > 500) ctx.state.logger.warn({ err: error }, 'a request failed for want of a service');
  else ctx.state.logger.debug({ err: error }, 'a request was refused');
  return reply;
}

function undeclared(ctx: AppContext, reply: ErrorReply): UndeclaredResponse | undefined {
  if (ctx.state.route === undefined) return undefined;
  try {
    checkResponse(ctx.state.route, reply);
    return undefined;
  } catch (error) {
    if (error instanceof UndeclaredResponse) return error;
    throw error;
  }
}
