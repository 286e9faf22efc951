import type { z } from 'zod';
import { LtdError } from '../../domain/errors.js';
import { ignoredKeys } from '../../domain/ignored-keys.js';
import type { RequestBody, Route } from './route.js';

/**
 * A body by its schema, in its order of keys.
 *
 * @throws {LtdError} `invalid` in Keeper's words, naming the first key that is missing or wrong.
 */
export function checkBody({ subject, schema }: RequestBody, body: unknown): unknown {
  return checked(schema, body, `Invalid ${subject}`);
}

/** What a client should know of a body that passed its check: keys that the route ignored, a PATCH that changes nothing. */
export function bodyNotices({ method, body: spec }: Route, body: unknown): readonly string[] {
  if (spec === undefined) return [];
  const known = Object.keys(spec.schema.shape);
  const sent = Object.keys(Object(body) as object);
  const unchanged = method === 'PATCH' && !sent.some((key) => known.includes(key));
  return [
    ...ignoredKeys(sent, known),
    ...(unchanged
      ? [`Nothing was changed: the body has none of the keys that this request reads (${known.join(', ')}).`]
      : []),
  ];
}

/**
 * The parameters behind the `?`, or headers, by their schema. Of a repeated one the last counts.
 *
 * @throws {LtdError} `invalid`, naming the parameter.
 */
export function checkValues(
  schema: z.ZodType | undefined,
  values: Readonly<Record<string, unknown>>,
): unknown {
  return schema === undefined ? undefined : checked(schema, values, 'Invalid request');
}

function checked(schema: z.ZodType, value: unknown, prefix: string): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new LtdError('invalid', `${prefix}: ${describe(result.error, value)}`);
}

/** Messages of the schemas are made to follow the name of a key: `must be a string`. */
function describe(error: z.ZodError, value: unknown): string {
  const [issue] = error.issues;
  const [key] = issue?.path ?? [];
  if (issue === undefined || key === undefined) return 'the body must be a JSON object';
  // A problem within a list is told as one of the list: its message says what the list must be.
  return isMissing(value, key) ? `missing ${String(key)}` : `${String(key)} ${issue.message}`;
}

function isMissing(value: unknown, key: PropertyKey): boolean {
  return typeof value !== 'object' || value === null || !Object.hasOwn(value, key);
}
