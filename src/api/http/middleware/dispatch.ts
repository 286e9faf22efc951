import { LtdError } from '../../../domain/errors.js';
import type { AppContext, AppMiddleware } from '../app-context.js';
import type { ApiDeps } from '../../deps.js';
import { requestSignal } from '../request-signal.js';
import type { Reply, Route } from '../route.js';
import { createRouting } from '../routing.js';
import { runRoute } from '../run-route.js';
import { sendReply } from '../send-reply.js';

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
