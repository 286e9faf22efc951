import type { HttpConfig } from '../../config/settings/http.js';
import { LtdError } from '../../domain/errors.js';
import type { Forwarded } from './forwarded.js';

/** How a request reached us. */
export interface Arrival {
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
