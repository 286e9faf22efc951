import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageCache } from './page-cache.js';

/** The account that may purge. */
export interface PurgeAccess {
  readonly serviceId: string;
  readonly key: string;
}

/** Serves Fastly's purge calls: `POST /service/<id>/purge/<surrogate key>` and `POST /service/<id>/purge_all`. */
export function servePurge(
  cache: PageCache,
  access: PurgeAccess,
  exchange: { readonly request: IncomingMessage; readonly response: ServerResponse },
): void {
  const { request, response } = exchange;
  request.resume();
  const [path = ''] = (request.url ?? '').split('?');
  const [, service, verb, surrogateKey] = /^\/service\/([^/]+)\/(purge|purge_all)(?:\/([^/]+))?$/.exec(path) ?? [];
  const answer = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (request.headers['fastly-key'] !== access.key) {
    answer(401, { msg: 'Provided credentials are missing or invalid' });
  } else if (service !== access.serviceId) {
    answer(404, { msg: 'Record not found', detail: 'Cannot load service' });
  } else if (request.method !== 'POST') {
    answer(405, { msg: 'Method not allowed' });
  } else if (verb === 'purge' && surrogateKey !== undefined) {
    cache.purge(decoded(surrogateKey));
    answer(200, { status: 'ok', id: `edge-${Date.now()}` });
  } else if (verb === 'purge_all') {
    cache.purgeAll();
    answer(200, { status: 'ok' });
  } else {
    answer(404, { msg: 'Record not found' });
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
