import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { baseUrlOf } from '../../../src/api/http/base-url.js';
import { readForwarded } from '../../../src/api/http/forwarded.js';

interface Case {
  readonly what: string;
  readonly host?: string;
  readonly encrypted?: boolean;
  readonly headers?: IncomingHttpHeaders;
  /** Proxies trusted for every header but the port. */
  readonly proxies?: number;
  readonly trustPort?: number;
  readonly configured?: string;
  readonly scheme?: 'http' | 'https';
  /** Null: the request is refused. */
  readonly base: string | null;
}

function baseOf(one: Case): string {
  const proxies = one.proxies ?? 0;
  const trust = { for: proxies, proto: proxies, host: proxies, port: one.trustPort ?? 0 };
  return baseUrlOf(
    {
      host: one.host,
      encrypted: one.encrypted ?? false,
      forwarded: readForwarded(one.headers ?? {}, trust),
    },
    { baseUrl: one.configured ?? null, scheme: one.scheme ?? null },
  );
}

describe('the base URL', () => {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '1',
  };
  const cases: readonly Case[] = [
    { what: 'is the host', host: 'keeper.lsst.codes', base: 'http://keeper.lsst.codes' },
    { what: 'keeps a port', host: 'localhost:5000', base: 'http://localhost:5000' },
    { what: 'takes the scheme of the connection', host: 'k', encrypted: true, base: 'https://k' },
    { what: 'is in lower case', host: 'Keeper.LSST.codes', base: 'http://keeper.lsst.codes' },
    { what: 'leaves out the port of http', host: 'k:80', base: 'http://k' },
    { what: 'leaves out the port of https', host: 'k:443', encrypted: true, base: 'https://k' },
    { what: 'keeps the port of another scheme', host: 'k:443', base: 'http://k:443' },
    { what: 'takes IPv6', host: '[::1]:5000', base: 'http://[::1]:5000' },
    { what: 'takes the names of containers', host: 'keeper_api:5000', base: 'http://keeper_api:5000' },
    { what: 'takes a configured scheme', host: 'k', scheme: 'https', base: 'https://k' },
    { what: 'is the configured one', host: 'k', configured: 'https://x/y', base: 'https://x/y' },
    {
      what: 'is the configured one, whatever the host',
      host: 'a b',
      configured: 'https://x',
      base: 'https://x',
    },
    { what: 'heeds no forged header', host: 'k', headers: forged, base: 'http://k' },
    { what: 'heeds a trusted proxy', host: 'k', headers: forged, proxies: 1, base: 'https://evil.example' },
    {
      what: 'heeds a trusted port',
      host: 'k',
      headers: forged,
      proxies: 1,
      trustPort: 1,
      base: 'https://evil.example:1',
    },
    {
      what: 'takes what the proxy wrote, not what the client sent before it',
      host: 'k',
      headers: { 'x-forwarded-host': 'evil.example, real.example', 'x-forwarded-proto': 'http,https' },
      proxies: 1,
      base: 'https://real.example',
    },
    {
      what: 'counts several proxies from the right',
      host: 'k',
      headers: { 'x-forwarded-host': 'evil, outer, inner', 'x-forwarded-proto': 'http, https, http' },
      proxies: 2,
      base: 'https://outer',
    },
    {
      what: 'heeds nothing where fewer proxies wrote than are trusted',
      host: 'k',
      headers: { 'x-forwarded-host': 'evil', 'x-forwarded-proto': 'https' },
      proxies: 2,
      base: 'http://k',
    },
    {
      what: 'heeds no scheme but http and https',
      host: 'k',
      headers: { 'x-forwarded-proto': 'javascript' },
      proxies: 1,
      base: 'http://k',
    },
    {
      what: 'prefers the configured scheme to a proxy',
      host: 'k',
      scheme: 'https',
      headers: { 'x-forwarded-proto': 'http' },
      proxies: 1,
      base: 'https://k',
    },
    { what: 'needs a host', base: null },
    { what: 'refuses an empty host', host: '', base: null },
    { what: 'refuses spaces', host: 'a b', base: null },
    { what: 'refuses a path', host: 'a/b', base: null },
    { what: 'refuses a user', host: 'user@a', base: null },
    { what: 'refuses a word for a port', host: 'a:b', base: null },
    { what: 'refuses a port out of range', host: 'a:65536', base: null },
    { what: 'refuses port 0', host: 'a:0', base: null },
    { what: 'refuses a list', host: 'a,b', base: null },
    { what: 'refuses quotes', host: 'a"b', base: null },
    {
      what: 'refuses a host that the proxy passed on unchecked',
      host: 'k',
      headers: { 'x-forwarded-host': 'a/b' },
      proxies: 1,
      base: null,
    },
    {
      what: 'refuses a port that the proxy passed on unchecked',
      host: 'k',
      headers: { 'x-forwarded-port': 'x' },
      trustPort: 1,
      base: null,
    },
  ];
  for (const one of cases) {
    it(one.what, () => {
      if (one.base === null) assert.throws(() => baseOf(one), { name: 'LtdError', code: 'invalid' });
      else assert.equal(baseOf(one), one.base);
    });
  }
});
