import type { ServerResponse } from 'node:http';
import { LtdError } from '../../../domain/errors.js';
import type { ApiDeps } from '../../deps.js';
import type { AppContext, AppMiddleware } from '../app-context.js';
import type { Reply, Route } from '../route.js';
import { createRouting } from '../routing.js';
import { runRoute } from '../run-route.js';

/** Sends each request to its route, and answers itself what has none. */
export function dispatch(deps: ApiDeps, routes: readonly Route[]): AppMiddleware {
  const routing = createRouting(routes);
  return async (ctx) => {
    const to = routing(ctx.method, ctx.path);
    switch (to.kind) {
      case 'route':
        ctx.state.route = to.route;
        sendReply(ctx, await run(deps, ctx, to));
        return;
      case 'options':
        sendReply(ctx, { status: 200, headers: { allow: to.allow.join(', ') }, body: undefined });
        return;
      case 'redirect':
        sendReply(ctx, permanentRedirect(`${ctx.state.baseUrl}${to.path}${ctx.search}`));
        return;
      case 'method_not_allowed':
        throw new LtdError('method_not_allowed', 'the method is not supported', { allow: to.allow });
      case 'not_found':
        throw new LtdError('not_found', 'invalid resource URI');
      default:
        return to satisfies never;
    }
  };
}

async function run(
  deps: ApiDeps,
  ctx: AppContext,
  to: { readonly route: Route; readonly params: unknown },
): Promise<Reply> {
  return runRoute(deps, {
    ...to,
    message: ctx.req,
    querystring: ctx.querystring,
    baseUrl: ctx.state.baseUrl,
    remoteAddress: ctx.state.remoteAddress,
    logger: ctx.state.logger,
    signal: requestSignal(ctx.res, deps.stopping),
    onUser: (user) => {
      ctx.state.user = user;
    },
  });
}

function permanentRedirect(location: string): Reply {
  const message = `This collection is at ${location}`;
  return { status: 308, headers: { location }, body: { status: 308, error: 'permanent redirect', message } };
}

/**
 * A signal that ends waiting: aborted when the connection of `response` closes before the answer is whole, or the
 * process begins to stop. Once it is whole nobody waits, and most requests are spared the cost of an abort.
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

/** Puts a reply on the wire. JSON says exactly `application/json`: some clients compare. */
export function sendReply(ctx: AppContext, reply: Reply): void {
  ctx.status = reply.status;
  for (const [name, value] of Object.entries(reply.headers ?? {})) ctx.set(name, value);
  if (reply.body === undefined) {
    ctx.body = '';
    ctx.remove('content-type');
    return;
  }
  ctx.set('content-type', reply.mediaType ?? 'application/json');
  ctx.body = reply.mediaType === undefined ? JSON.stringify(reply.body) : reply.body;
}
