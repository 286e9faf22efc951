import { flag, integer, oneOf, secretText, serving, text, url, type ValuesOf } from '../setting.js';

const proxies = integer(0, 10);

/** Settings of the API: its address, what it trusts, its users. */
export const httpSettings = {
  HOST: { parser: text.default('0.0.0.0'), usedBy: ['api'], meaning: 'The address to listen on.' },
  PORT: {
    parser: integer(0, 65_535).default(5000),
    usedBy: ['api'],
    meaning: 'The port to listen on; 0 takes a free one.',
  },
  LTD_MAX_REQUESTS: {
    parser: integer(1, 100_000).default(1_000),
    usedBy: ['api'],
    meaning:
      'The most requests that one process handles at a time, 1 to 100000, requests with `?wait=` ' +
      'included. It answers any further one 503 at once.',
  },
  LTD_KEEPER_URL: {
    parser: url.optional(),
    usedBy: serving,
    meaning:
      'The base of every URL in answers and background work. Without it, answers use the address of the ' +
      'request, and background work that of the latest writing request.',
  },
  LTD_KEEPER_URL_SCHEME: {
    parser: oneOf(['http', 'https']).optional(),
    usedBy: ['api'],
    meaning: '`http` or `https`: the scheme of URLs in answers, if it is not that of the connection.',
  },
  LTD_KEEPER_PROXY_FIX: {
    parser: flag.default(false),
    usedBy: ['api'],
    meaning: 'Whether the API believes `X-Forwarded-*` headers. Set it only behind proxies that overwrite them.',
  },
  LTD_KEEPER_TRUST_X_FOR: {
    parser: proxies.default(1),
    usedBy: ['api'],
    meaning: 'With `LTD_KEEPER_PROXY_FIX`: how many proxies add to `X-Forwarded-For`.',
  },
  LTD_KEEPER_TRUST_X_PROTO: {
    parser: proxies.default(1),
    usedBy: ['api'],
    meaning: 'The same for `X-Forwarded-Proto`.',
  },
  LTD_KEEPER_TRUST_X_HOST: {
    parser: proxies.default(1),
    usedBy: ['api'],
    meaning: 'The same for `X-Forwarded-Host`.',
  },
  LTD_KEEPER_TRUST_X_PORT: {
    parser: proxies.default(0),
    usedBy: ['api'],
    meaning: 'The same for `X-Forwarded-Port`.',
  },
  LTD_KEEPER_BOOTSTRAP_USER: {
    parser: text.optional(),
    usedBy: ['api'],
    togetherWith: 'LTD_KEEPER_BOOTSTRAP_PASSWORD',
    meaning: 'The name of an administrator. The API creates it at start if no user has that name.',
  },
  LTD_KEEPER_BOOTSTRAP_PASSWORD: {
    parser: secretText.optional(),
    usedBy: ['api'],
    secret: true,
    meaning: "That administrator's first password.",
  },
  LTD_KEEPER_DEFAULT_GIT_REF: {
    parser: text.default('main'),
    usedBy: ['api'],
    meaning: 'The git ref that the default edition of a new product tracks.',
  },
} as const;

/** How clients reach the API, which parts of a request it trusts, and its first user. */
export function httpConfig(set: ValuesOf<typeof httpSettings>) {
  const trusted = (count: number): number => (set.LTD_KEEPER_PROXY_FIX ? count : 0);
  const { LTD_KEEPER_BOOTSTRAP_USER: username, LTD_KEEPER_BOOTSTRAP_PASSWORD: password } = set;
  return {
    http: {
      host: set.HOST,
      port: set.PORT,
      maxRequests: set.LTD_MAX_REQUESTS,
      /** Null: the request's own. */
      baseUrl: set.LTD_KEEPER_URL ?? null,
      /** Replaces the scheme of the connection in URLs; null: the connection's. */
      scheme: set.LTD_KEEPER_URL_SCHEME ?? null,
      /** How many proxies are trusted for each `X-Forwarded-*` header. */
      trust: {
        for: trusted(set.LTD_KEEPER_TRUST_X_FOR),
        proto: trusted(set.LTD_KEEPER_TRUST_X_PROTO),
        host: trusted(set.LTD_KEEPER_TRUST_X_HOST),
        port: trusted(set.LTD_KEEPER_TRUST_X_PORT),
      },
    },
    bootstrapUser: username !== undefined && password !== undefined ? { username, password } : null,
    defaultGitRef: set.LTD_KEEPER_DEFAULT_GIT_REF,
  };
}

/** How clients reach the API, and which parts of a request it trusts. */
export type HttpConfig = ReturnType<typeof httpConfig>['http'];
