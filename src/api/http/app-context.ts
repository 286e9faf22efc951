import type { Middleware, ParameterizedContext } from 'koa';
import type { Logger } from '../../observability/logger.js';
import type { AuthenticatedUser } from '../../services/authenticate.js';
import type { Route } from './route.js';

/** What the middleware learns of a request, for those inside it and for the log. */
export interface AppState {
  requestId: string;
  /** Every line of it carries the request id. */
  logger: Logger;
  /** Who sent the request, as far as the trusted proxies tell. */
  remoteAddress: string;
  baseUrl: string;
  route: Route | undefined;
  user: AuthenticatedUser | undefined;
}

/** A request in Koa's hands. */
export type AppContext = ParameterizedContext<AppState, object>;

/** A layer of the app. */
export type AppMiddleware = Middleware<AppState, object>;
