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

/** A route with its path as an expression. */
interface Compiled {
  readonly route: Route;
  readonly pattern: RegExp;
}

interface Match {
  readonly route: Route;
  readonly params: unknown;
}

/**
 * The table of these routes. Paths are compared to the letter: an item with a slash at its end is none, a collection
 * without one is redirected. An address answers `HEAD` where it answers `GET`, and `OPTIONS` always.
 */
export function createRouting(routes: readonly Route[]): Routing {
  const table = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return (method, path) => {
    const matches = matching(table, path);
    if (matches.length === 0) {
      const collection = `${path}/`;
      return matching(table, collection).length > 0
        ? { kind: 'redirect', path: collection }
        : { kind: 'not_found' };
    }
    const wanted = method === 'HEAD' ? 'GET' : method;
    const match = matches.find(({ route }) => route.method === wanted);
    if (match !== undefined) return { kind: 'route', ...match };
    const allow = allowedMethods(matches.map(({ route }) => route.method));
    return method === 'OPTIONS' ? { kind: 'options', allow } : { kind: 'method_not_allowed', allow };
  };
}

function patternOf(path: string): RegExp {
  const literal = (text: string): string => text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal(path).replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

function matching(table: readonly Compiled[], path: string): Match[] {
  return table.flatMap(({ route, pattern }) => {
    const raw = pattern.exec(path);
    const names = raw === null ? undefined : decoded(raw.groups ?? {});
    if (names === undefined) return [];
    const params: z.ZodSafeParseResult<unknown> | undefined = route.params?.safeParse(names);
    if (params === undefined) return [{ route, params: undefined }];
    return params.success ? [{ route, params: params.data }] : [];
  });
}

/** The parts of a path without their percent-encoding; undefined where that is malformed. */
function decoded(groups: Readonly<Record<string, string>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, part]) => [name, decodeURIComponent(part)]));
  } catch {
    return undefined;
  }
}

function allowedMethods(methods: readonly RouteMethod[]): readonly string[] {
  const implied = methods.includes('GET') ? ['HEAD', 'OPTIONS'] : ['OPTIONS'];
  return [...new Set([...methods, ...implied])].toSorted();
}
