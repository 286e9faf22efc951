import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** An answer to a reader. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | Readable;
  /** Bytes of the body, also for a HEAD. */
  readonly length: number;
}

/** A plain HTML answer of the edge itself. No cache may keep it. */
export function note(status: number, title: string, text: string, extra: Record<string, string> = {}): Reply {
  const page = `<!doctype html>\n<html lang="en">\n<title>${escape(title)}</title>\n<h1>${escape(title)}</h1>\n<p>${escape(text)}</p>\n</html>\n`;
  const body = Buffer.from(page);
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...extra };
  return { status, headers, body, length: body.length };
}

/** A redirect. Browsers do not cache it unless `cacheControl` allows it. */
export function redirect(location: string, cacheControl = 'no-cache'): Reply {
  const body = Buffer.alloc(0);
  return { status: 302, headers: { location, 'cache-control': cacheControl }, body, length: 0 };
}

/** Sends the answer, without its body for a HEAD or a status without one. */
export async function send(response: ServerResponse, reply: Reply, method: string): Promise<void> {
  const { status, headers, body, length } = reply;
  response.writeHead(status, status === 304 ? headers : { ...headers, 'content-length': length });
  if (Buffer.isBuffer(body)) {
    response.end(method === 'HEAD' ? undefined : body);
    return;
  }
  if (method === 'HEAD') {
    body.destroy();
    response.end();
    return;
  }
  await pipeline(body, response);
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
