import { z } from 'zod';
import { errorBody } from './schemas/error.js';
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
  for (const header of Object.keys(declared.headers ?? {})) {
    if (reply.headers?.[header.toLowerCase()] === undefined)
      throw new UndeclaredResponse(route, reply, `the header ${header} is missing`);
  }
}

type Declared = Route['responses'][number];

function declaredResponse(route: Route, status: number): Declared | undefined {
  const implied = impliedFailures(route).includes(status);
  return route.responses[status] ?? (implied ? { description: 'a failure', schema: errorBody } : undefined);
}

/** The failures that come with a route's checks and with what it works on. */
export function impliedFailures(route: Route): readonly number[] {
  const failures = [400, 500, 503]; // any request may have a malformed Host, or meet a fault or a database that is down
  if (route.auth !== 'anonymous') failures.push(401);
  if (route.auth !== 'anonymous' && route.auth !== 'password') failures.push(403);
  if (route.load !== undefined) failures.push(404);
  if (route.body !== undefined) failures.push(413, 415);
  return failures;
}
