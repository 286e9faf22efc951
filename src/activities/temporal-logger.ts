import {
  DefaultLogger,
  type LogLevel as TemporalLevel,
  type Logger as TemporalLogger,
} from '@temporalio/worker';
import type { LogLevel } from '../config.js';
import type { Logger } from '../observability/logger.js';

/** Temporal's own lines, in our log and at its level. */
export function temporalLogger(logger: Logger, level: LogLevel): TemporalLogger {
  return new DefaultLogger(levels[level], ({ level: of, message, meta }) => {
    logger[writers[of]]({ ...meta }, message);
  });
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
