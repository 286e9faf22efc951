import type { RequestMetrics } from '../../../observability/metrics/request-metrics.js';
import type { AppMiddleware } from '../app-context.js';

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
