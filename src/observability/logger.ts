import { pino, type DestinationStream, type Logger, stdTimeFunctions } from 'pino';
import { redacted } from '../config/secret.js';
import { currentRequestId } from './request-context.js';

/** What every program here logs with. */
export type { Logger } from 'pino';

/** How a program logs. */
export interface LoggerOptions {
  /** One of pino's levels. */
  readonly level: string;
  /** The program, as `name` of each line. */
  readonly name: string;
  /** @default standard output */
  readonly destination?: DestinationStream;
}

/** Keys whose values never reach a log, wherever a caller puts them: at the top of a line or one object down. */
const secretKeys = [
  'authorization',
  'cookie',
  'password',
  'password_hash',
  'secret',
  'secretAccessKey',
  'secretKeys',
  'sessionToken',
  'token',
  'token_key',
];

/**
 * What JSON leaves as it is and a terminal or an editor obeys: controls, ends of lines and changes of direction. With
 * it a sender could forge lines, or hide them.
 */
const obeyed = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function escaped(line: string): string {
  return line.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * A logger that writes one JSON object a line, times in ISO 8601, secrets redacted. A line that is written for a
 * request bears its id.
 */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    name: options.name,
    level: options.level,
    timestamp: stdTimeFunctions.isoTime,
    mixin: () => {
      const requestId = currentRequestId();
      return requestId === undefined ? {} : { requestId };
    },
    hooks: { streamWrite: escaped },
    redact: {
      paths: secretKeys.flatMap((key) => [key, `*.${key}`, `*.headers.${key}`]),
      censor: redacted,
    },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}
