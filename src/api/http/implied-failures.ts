import { type ErrorCode, LtdError } from '../../domain/errors.js';
import { type ErrorBody, errorReply } from './errors.js';
import { largestBody } from './read-body.js';
import type { Route } from './route.js';

/** A failure that routes need not declare, since it comes with their checks or with what they work on. */
export interface ImpliedFailure {
  /** Its own among these. */
  readonly name: string;
  readonly status: number;
  readonly description: string;
  /** Headers that it carries, each with its meaning. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly example: ErrorBody;
}

type Told = Omit<ImpliedFailure, 'status' | 'example'> & {
  readonly code: ErrorCode;
  readonly message: string;
};

const challenge = { 'WWW-Authenticate': 'Basic authentication is asked for.' };

const badRequest = implied({
  name: 'BadRequest',
  code: 'invalid',
  message: 'The Host header is missing or is no host name with an optional port.',
  description: 'The request is not as described here; `message` says what is wrong.',
});
const credentialsRejected = implied({
  name: 'CredentialsRejected',
  code: 'credentials_rejected',
  message: 'please authenticate',
  description: 'No user has this name and password. A token is not taken here.',
  headers: challenge,
});
const tooManyAttempts = implied({
  name: 'TooManyAttempts',
  code: 'too_many_attempts',
  message: 'Too many wrong passwords came from your address. Please try again in 60 s.',
  description: 'Too many passwords were wrong. The right one is not looked at before that time, either.',
  headers: { 'Retry-After': 'Seconds after which to try again.' },
});
const unauthenticated = implied({
  name: 'Unauthenticated',
  code: 'unauthenticated',
  message: 'please send your authentication token',
  description: 'There is no token, or it has expired or been altered. A name and a password are not taken here.',
  headers: challenge,
});
const forbidden = implied({
  name: 'Forbidden',
  code: 'forbidden',
  message: 'not authorized',
  description: 'The user lacks the permission that the request needs.',
});
const notFound = implied({
  name: 'NotFound',
  code: 'not_found',
  message: 'invalid resource URI',
  description: 'Nothing has this address.',
});
const payloadTooLarge = implied({
  name: 'PayloadTooLarge',
  code: 'payload_too_large',
  message: `The body is larger than ${largestBody} bytes (1 MiB).`,
  description: 'The body is larger than 1 MiB.',
});
const unsupportedMediaType = implied({
  name: 'UnsupportedMediaType',
  code: 'unsupported_media_type',
  message: 'The Content-Type of the request must be application/json.',
  description: 'The body is not JSON in UTF-8, or is compressed.',
});
const unavailable = implied({
  name: 'ServiceUnavailable',
  code: 'unavailable',
  message: 'The database does not answer; retry.',
  description:
    'Something that the service needs does not answer. Nothing was changed, or all of it: send the same again.',
  headers: { 'Retry-After': 'Seconds after which to try again.' },
});
const internalServerError: ImpliedFailure = {
  name: 'InternalServerError',
  status: 500,
  description: 'A fault of the service. The header `X-Request-Id` of the answer names it in the log.',
  example: errorReply(new Error('a fault'), '').body,
};

/** All of them. */
export const impliedFailures: readonly ImpliedFailure[] = [
  badRequest,
  credentialsRejected,
  tooManyAttempts,
  unauthenticated,
  forbidden,
  notFound,
  payloadTooLarge,
  unsupportedMediaType,
  internalServerError,
  unavailable,
];

/** Those of a route, by status. Any request may have a malformed Host, or meet a fault or a database that is down. */
export function failuresOf(route: Route): readonly ImpliedFailure[] {
  const failures = [badRequest];
  if (route.auth === 'password') failures.push(credentialsRejected, tooManyAttempts);
  else if (route.auth !== 'anonymous') failures.push(unauthenticated, forbidden);
  if (route.params !== undefined) failures.push(notFound);
  if (route.body !== undefined) failures.push(payloadTooLarge, unsupportedMediaType);
  return [...failures, internalServerError, unavailable];
}

function implied({ code, message, ...told }: Told): ImpliedFailure {
  const { status, body } = errorReply(new LtdError(code, message), '');
  return { ...told, status, example: body };
}
