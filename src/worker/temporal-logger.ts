import {
  DefaultLogger,
  type LogLevel as TemporalLevel,
  type LogMetadata,
  type Logger as TemporalLogger,
} from '@temporalio/worker';
import type { LogLevel } from '../config/settings/process.js';
import type { Logger } from '../observability/logger.js';

/** Temporal's own lines, in our log and at its level. */
export function temporalLogger(logger: Logger, level: LogLevel): TemporalLogger {
  return new DefaultLogger(levels[level], ({ level: of, message, meta }) => {
    logger[writers[of]](fields(meta), message);
  });
}

/** Temporal's key for an error is `error`; our log writes one whole under `err`, and any other as `{}`. */
function fields({ error, ...rest }: LogMetadata = {}): Record<string, unknown> {
  return error === undefined ? rest : { ...rest, err: error as unknown };
}

const levels: Readonly<Record<LogLevel, TemporalLevel>> = {
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'ERROR',
  silent: 'ERROR',
};

const writers = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;
