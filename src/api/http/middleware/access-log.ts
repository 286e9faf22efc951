import type { Logger } from '../../../observability/logger.js';
import type { RequestMetrics } from '../../../observability/metrics/request-metrics.js';
import type { AppContext, AppMiddleware } from '../app-context.js';

/** Asked every few seconds by machines: of interest only when something is being looked for. */
const quiet = new Set(['/healthz', '/readyz']);

/** Logs one line for each request, when it is answered. */
export function accessLog(logger: Logger): AppMiddleware {
  // The fields are these, none of them a secret: to look for one in every line was a tenth of what a read costs.
  const plain = logger.child({}, { redact: [] });
  return async (ctx, next) => {
    const started = performance.now();
    try {
      await next();
    } finally {
      const fields = { ...describe(ctx), ms: Math.round(performance.now() - started) };
      plain[quiet.has(ctx.path) ? 'debug' : 'info'](fields, 'request');
    }
  };
}

function describe(ctx: AppContext): Record<string, unknown> {
  const { route, user, remoteAddress } = ctx.state;
  return {
    method: ctx.method,
    url: ctx.url,
    ...(route === undefined ? {} : { route: route.path }),
    status: ctx.status,
    ...(user === undefined ? {} : { user: user.username }),
    remoteAddress,
  };
}

/** Counts each request by its route, when it is answered. */
export function countRequests(metrics: RequestMetrics): AppMiddleware {
  return async (ctx, next) => {
    const started = performance.now();
    metrics.begun();
    try {
      await next();
    } finally {
      metrics.answered({
        method: ctx.method,
        // Set by the dispatch further in; none where no route matched.
        route: (ctx.state.route as { path: string } | undefined)?.path,
        status: ctx.status,
        seconds: (performance.now() - started) / 1_000,
      });
    }
  };
}
