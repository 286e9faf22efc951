import type { HttpConfig } from '../../../config/settings/http.js';
import type { AppMiddleware } from '../app-context.js';
import { baseUrlOf } from '../base-url.js';
import { readForwarded } from '../forwarded.js';
import { hostOf } from '../host-header.js';

/** Finds out how the request reached us: from whom, and by which base URL. */
export function arrival(http: Pick<HttpConfig, 'baseUrl' | 'scheme' | 'trust'>): AppMiddleware {
  return async (ctx, next) => {
    const { headers, socket } = ctx.req;
    const forwarded = readForwarded(headers, http.trust);
    ctx.state.remoteAddress = forwarded.for ?? socket.remoteAddress ?? '';
    const encrypted = 'encrypted' in socket && socket.encrypted === true;
    ctx.state.baseUrl = baseUrlOf({ host: hostOf(ctx.req), encrypted, forwarded }, http);
    await next();
  };
}
