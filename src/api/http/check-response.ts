import { z } from 'zod';
import { failuresOf } from './implied-failures.js';
import { errorBody } from '../schemas/error.js';
import type { Reply, Route } from './route.js';

/** An answer that its route does not declare: a fault of ours, found by a test. */
export class UndeclaredResponse extends Error {
  constructor(route: Route, reply: Reply, reason: string) {
    super(`${route.method} ${route.path} answered ${reply.status} ${JSON.stringify(reply.body)}: ${reason}`);
    this.name = 'UndeclaredResponse';
  }
}

/** @throws {UndeclaredResponse} when status, body or headers are not as the route declares. */
export function checkResponse(route: Route, reply: Reply): void {
  const declared = declaredResponse(route, reply.status);
  if (declared === undefined) throw new UndeclaredResponse(route, reply, 'the status is not declared');
  const result = declared.schema.safeParse(reply.body);
  if (!result.success) throw new UndeclaredResponse(route, reply, z.prettifyError(result.error));
  if (declared.mediaType !== reply.mediaType)
    throw new UndeclaredResponse(route, reply, `it is ${reply.mediaType ?? 'JSON'}`);
  for (const header of Object.keys(declared.headers ?? {})) {
    if (reply.headers?.[header.toLowerCase()] === undefined)
      throw new UndeclaredResponse(route, reply, `the header ${header} is missing`);
  }
}

type Declared = Pick<Route['responses'][number], 'schema' | 'headers' | 'mediaType'>;

function declaredResponse(route: Route, status: number): Declared | undefined {
  const implied = failuresOf(route).find((failure) => failure.status === status);
  return route.responses[status] ?? (implied === undefined ? undefined : { ...implied, schema: errorBody });
}
