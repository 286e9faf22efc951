import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { baseUrlOf, readForwarded } from '../../../src/api/http/base-url.js';

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
  /** Null: the API refuses the request. */
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

describe('baseUrl of a request', () => {
  const forged = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '1',
  };
  const cases: readonly Case[] = [
    { what: 'takes the Host header', host: 'keeper.lsst.codes', base: 'http://keeper.lsst.codes' },
    { what: 'keeps a port', host: 'localhost:5000', base: 'http://localhost:5000' },
    { what: 'takes the scheme of the connection', host: 'k', encrypted: true, base: 'https://k' },
    { what: 'converts the host to lower case', host: 'Keeper.LSST.codes', base: 'http://keeper.lsst.codes' },
    { what: 'omits the port of http', host: 'k:80', base: 'http://k' },
    { what: 'omits the port of https', host: 'k:443', encrypted: true, base: 'https://k' },
    { what: 'keeps the port of another scheme', host: 'k:443', base: 'http://k:443' },
    { what: 'takes IPv6', host: '[::1]:5000', base: 'http://[::1]:5000' },
    { what: 'accepts container names as hosts', host: 'keeper_api:5000', base: 'http://keeper_api:5000' },
    { what: 'takes the configured scheme', host: 'k', scheme: 'https', base: 'https://k' },
    { what: 'takes the configured address', host: 'k', configured: 'https://x/y', base: 'https://x/y' },
    {
      what: 'takes the configured address whatever the host',
      host: 'a b',
      configured: 'https://x',
      base: 'https://x',
    },
    { what: 'ignores a forged header', host: 'k', headers: forged, base: 'http://k' },
    {
      what: 'trusts the configured proxy',
      host: 'k',
      headers: forged,
      proxies: 1,
      base: 'https://evil.example',
    },
    {
      what: 'trusts the configured port header',
      host: 'k',
      headers: forged,
      proxies: 1,
      trustPort: 1,
      base: 'https://evil.example:1',
    },
    {
      what: "takes the last value, which the proxy wrote, not the client's value before it",
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
      what: 'ignores the header when fewer proxies wrote it than are trusted',
      host: 'k',
      headers: { 'x-forwarded-host': 'evil', 'x-forwarded-proto': 'https' },
      proxies: 2,
      base: 'http://k',
    },
    {
      what: 'accepts only http and https as schemes',
      host: 'k',
      headers: { 'x-forwarded-proto': 'javascript' },
      proxies: 1,
      base: 'http://k',
    },
    {
      what: "prefers the configured scheme to a proxy's",
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
    { what: 'refuses a port that is a word', host: 'a:b', base: null },
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
