import type { AppContext } from './app-context.js';
import type { Reply } from './route.js';

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
