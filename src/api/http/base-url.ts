import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { HttpConfig } from '../../config/settings/http.js';
import { LtdError } from '../../domain/errors.js';
import type { AppMiddleware } from './app-context.js';

/** How a request reached us. */
interface Arrival {
  /** The `Host` header. */
  readonly host: string | undefined;
  /** Of the connection itself. */
  readonly encrypted: boolean;
  readonly forwarded: Forwarded;
}

const impliedPort = { http: '80', https: '443' } as const;

/** A name, an IPv4 address or a bracketed IPv6 address, and a port. */
const authority = /^(\[[0-9a-f:.]+\]|[a-z0-9_](?:[-a-z0-9._]*[a-z0-9_.])?)(?::(\d{1,5}))?$/i;

/**
 * What the URLs of an answer start with, without a slash at the end: the configured one, or how the client reached us.
 * A port that the scheme implies is left out.
 *
 * @throws {LtdError} `invalid` for a host that is none: it would be printed into every URL.
 */
export function baseUrlOf(arrival: Arrival, http: Pick<HttpConfig, 'baseUrl' | 'scheme'>): string {
  if (http.baseUrl !== null) return http.baseUrl;
  const { forwarded } = arrival;
  const scheme = http.scheme ?? schemeOf(forwarded.proto) ?? (arrival.encrypted ? 'https' : 'http');
  const [, name, ownPort] = authority.exec(forwarded.host ?? arrival.host ?? '') ?? [];
  const port = forwarded.port ?? ownPort;
  if (name === undefined || !isPort(port))
    throw new LtdError('invalid', 'The Host header is missing or is no host name with an optional port.');
  const host = name.toLowerCase();
  return `${scheme}://${port === undefined || port === impliedPort[scheme] ? host : `${host}:${port}`}`;
}

function schemeOf(proto: string | undefined): 'http' | 'https' | undefined {
  const scheme = proto?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

function isPort(port: string | undefined): boolean {
  return port === undefined || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535);
}

/** The trusted proxies' headers of a request. Undefined if none of them sets one. */
interface Forwarded {
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

/**
 * The host that a request names; undefined where it names none.
 *
 * @throws {LtdError} `invalid` where it names two (RFC 9112, 3.2): whatever stands in front of us may have believed
 *   the other one.
 */
function hostOf({ headersDistinct, url = '' }: Pick<IncomingMessage, 'headersDistinct' | 'url'>): string | undefined {
  const [host, ...others] = headersDistinct['host'] ?? [];
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (others.length > 0 || (target !== undefined && target.toLowerCase() !== host?.toLowerCase()))
    throw new LtdError('invalid', 'The request names more than one host.');
  return host;
}

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
