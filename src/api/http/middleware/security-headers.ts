import helmet from 'koa-helmet';
import type { AppMiddleware } from '../app-context.js';

/**
 * Headers for answers that no browser is to render, frame or keep. `Strict-Transport-Security` is left to whatever ends
 * TLS in front of us: only that knows whether all of the host is served with it.
 */
export function securityHeaders(): AppMiddleware {
  const set: AppMiddleware = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    strictTransportSecurity: false,
  });
  return async (ctx, next) => {
    ctx.set('cache-control', 'no-store');
    await set(ctx, next);
  };
}
