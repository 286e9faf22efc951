import { setMaxListeners } from 'node:events';
import Koa from 'koa';
import type { AppState } from './http/app-context.js';
import type { ApiDeps } from './deps.js';
import { accessLog, countRequests } from './http/middleware/access-log.js';
import { arrival } from './http/base-url.js';
import { boundedRequests, lastAnswer } from './http/middleware/bounded-requests.js';
import { dispatch } from './http/middleware/dispatch.js';
import { errorBoundary } from './http/middleware/error-boundary.js';
import { requestId } from './http/middleware/request-id.js';
import { securityHeaders } from './http/middleware/security-headers.js';
import { allRoutes } from './routes/all-routes.js';

/** The HTTP API over these dependencies. */
export function createApp(deps: ApiDeps, routes = allRoutes): Koa<AppState, object> {
  // Each request under way has a listener of its own.
  setMaxListeners(0, deps.stopping);
  const app = new Koa<AppState, object>();
  app.use(countRequests(deps.requests));
  app.use(requestId(deps.logger));
  app.use(accessLog(deps.logger));
  app.use(lastAnswer(deps.stopping));
  app.use(securityHeaders());
  app.use(errorBoundary(deps));
  app.use(boundedRequests(deps.maxRequests));
  app.use(arrival(deps.http));
  app.use(dispatch(deps, routes));
  // Only what happens after an answer has begun comes here, such as a client that went away in the middle of it.
  app.on('error', (error: unknown) => {
    deps.logger.warn({ err: error }, 'an answer could not be sent');
  });
  return app;
}
