import Router from '@koa/router';
import type { z } from 'zod';
import type { Route, RouteMethod } from './route.js';

/** What a request's method and path lead to. */
export type Destination =
  | { readonly kind: 'route'; readonly route: Route; readonly params: unknown }
  | { readonly kind: 'options'; readonly allow: readonly string[] }
  /** A collection without its slash: the path that it has. */
  | { readonly kind: 'redirect'; readonly path: string }
  | { readonly kind: 'method_not_allowed'; readonly allow: readonly string[] }
  | { readonly kind: 'not_found' };

/** Where a request goes. Pure; `path` is as it was sent, percent-encoded. */
export type Routing = (method: string, path: string) => Destination;

interface Match {
  readonly route: Route;
  readonly params: unknown;
}

/**
 * The table of these routes. Paths are compared to the letter: an item with a slash at its end is none, a collection
 * without one is redirected. An address answers `HEAD` where it answers `GET`, and `OPTIONS` always.
 */
export function createRouting(routes: readonly Route[]): Routing {
  const matching = createMatching(routes);
  return (method, path) => {
    const matches = matching(path);
    if (matches.length === 0) {
      const collection = `${path}/`;
      return matching(collection).length > 0 ? { kind: 'redirect', path: collection } : { kind: 'not_found' };
    }
    const wanted = method === 'HEAD' ? 'GET' : method;
    const match = matches.find(({ route }) => route.method === wanted);
    if (match !== undefined) return { kind: 'route', ...match };
    const allow = allowedMethods(matches.map(({ route }) => route.method));
    return method === 'OPTIONS' ? { kind: 'options', allow } : { kind: 'method_not_allowed', allow };
  };
}

/**
 * The router tells which paths match; what is answered where none does is ours, for its own words (501 for an unknown
 * method, no redirect before authentication) are not Keeper's.
 */
function createMatching(routes: readonly Route[]): (path: string) => readonly Match[] {
  const router = new Router({ strict: true, sensitive: true });
  for (const [index, { method, path }] of routes.entries())
    router.register(path.replace(/\{(\w+)\}/g, ':$1'), [method], () => undefined, { name: String(index) });
  return (path) =>
    router.match(path, '').path.flatMap((layer) => {
      const route = routes[Number(layer.name)];
      const names = layer.params(path, layer.captures(path));
      return route === undefined || !isWellEncoded(path) ? [] : matchOf(route, names);
    });
}

function matchOf(route: Route, names: Readonly<Record<string, string>>): Match[] {
  const params: z.ZodSafeParseResult<unknown> | undefined = route.params?.safeParse(names);
  if (params === undefined) return [{ route, params: undefined }];
  return params.success ? [{ route, params: params.data }] : [];
}

function isWellEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function allowedMethods(methods: readonly RouteMethod[]): readonly string[] {
  const implied = methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS'];
  return [...new Set([...methods, ...implied])].toSorted();
}
