import { integer, oneOf, serving, text, url, type ValuesOf } from '../setting.js';

const profiles = ['development', 'testing', 'production'] as const;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Settings of what a process tells of itself. */
export const processSettings = {
  LTD_KEEPER_PROFILE: {
    parser: oneOf(profiles).default('production'),
    usedBy: serving,
    meaning:
      '`development`, `testing` or `production`. Keys that sign tokens have at least 16 bytes in production. The log ' +
      'level is `debug` in the first two, `info` in the last.',
  },
  LOG_LEVEL: {
    parser: oneOf(logLevels).optional(),
    usedBy: serving,
    meaning:
      '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. It overrides the level of the ' + 'profile.',
  },
  LTD_METRICS_PORT: {
    parser: integer(0, 65_535).optional(),
    usedBy: serving,
    meaning:
      'The port of `/metrics` and `/healthz` ([operations.md](operations.md#metrics)); 0 takes a free ' +
      'one. Without it the process serves no metrics.',
  },
  LTD_METRICS_HOST: {
    parser: text.default('0.0.0.0'),
    usedBy: serving,
    meaning: 'The address of that port.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    parser: url.optional(),
    usedBy: serving,
    meaning:
      'The base of an OpenTelemetry collector that takes OTLP over HTTP, such as `http://collector:4318` ' +
      '([operations.md](operations.md#traces)). Without it the process sends no traces.',
  },
} as const;

/** pino's levels. */
export type LogLevel = (typeof logLevels)[number];

/** Log level, metrics and traces of a process. `metrics` and `tracesEndpoint` are null where they are off. */
export function processConfig(set: ValuesOf<typeof processSettings>) {
  const level: LogLevel = set.LTD_KEEPER_PROFILE === 'production' ? 'info' : 'debug';
  const { LTD_METRICS_HOST: host, LTD_METRICS_PORT: port } = set;
  return {
    profile: set.LTD_KEEPER_PROFILE,
    logLevel: set.LOG_LEVEL ?? level,
    metrics: port === undefined ? null : { host, port },
    tracesEndpoint: set.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
  };
}
