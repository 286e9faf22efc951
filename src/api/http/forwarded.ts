import type { IncomingHttpHeaders } from 'node:http';
import type { HttpConfig } from '../../config/settings/http.js';

/** What the trusted proxies say of a request; undefined where none of them says anything. */
export interface Forwarded {
  readonly for: string | undefined;
  readonly proto: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
}

/**
 * Reads the `X-Forwarded-*` headers as werkzeug's ProxyFix does: each proxy appends its value, so with n trusted ones
 * the n-th from the right was written by the outermost of them, and what stands left of it by anybody. A header with
 * fewer values than there are trusted proxies is not used at all.
 */
export function readForwarded(headers: IncomingHttpHeaders, trust: HttpConfig['trust']): Forwarded {
  return {
    for: trustedValue(headers['x-forwarded-for'], trust.for),
    proto: trustedValue(headers['x-forwarded-proto'], trust.proto),
    host: trustedValue(headers['x-forwarded-host'], trust.host),
    port: trustedValue(headers['x-forwarded-port'], trust.port),
  };
}

function trustedValue(header: string | string[] | undefined, count: number): string | undefined {
  if (header === undefined || count === 0) return undefined;
  const values = String(header)
    .split(',')
    .map((value) => value.trim());
  const value = values.at(-count);
  return value === '' ? undefined : value;
}
