import { z } from 'zod';
import { Secret } from '../secret.js';
import { everyRole, flag, integer, serving, type ValuesOf } from '../setting.js';

/** Settings of the connections to PostgreSQL. */
export const databaseSettings = {
  DATABASE_URL: {
    parser: z
      .string('is not set: give the address of PostgreSQL, postgresql://user:password@host:5432/database')
      .regex(/^postgres(ql)?:\/\//, 'must be a postgresql:// URL')
      .transform((address) => new Secret(address)),
    usedBy: everyRole,
    requiredBy: everyRole,
    secret: true,
    alias: 'LTD_KEEPER_DB_URL',
    meaning: 'The address of PostgreSQL: `postgresql://user:password@host:5432/database`.',
  },
  DATABASE_POOL_SIZE: {
    parser: integer(2, 200).default(10),
    usedBy: serving,
    meaning: 'The most connections that one process holds, 2 to 200.',
  },
  DATABASE_CONNECTION_TIMEOUT_SECONDS: {
    parser: integer(1, 600).default(5),
    usedBy: everyRole,
    meaning:
      'How long a process waits for a connection, a free or a new one, 1 to 600. Then a request is ' +
      'answered 503, and background work is retried.',
  },
  DATABASE_STATEMENT_TIMEOUT_SECONDS: {
    parser: integer(1, 600).default(30),
    usedBy: everyRole,
    meaning:
      'How long a statement may take, and a transaction stay idle, 1 to 600. PostgreSQL then ends it and ' +
      'releases its locks. If the server itself is silent for 5 s longer, the process closes the ' +
      'connection.',
  },
  DATABASE_LOCK_TIMEOUT_SECONDS: {
    parser: integer(1, 600).default(10),
    usedBy: everyRole,
    meaning: 'How long a statement waits for a locked row, 1 to 600.',
  },
  DATABASE_PREPARED_STATEMENTS: {
    parser: flag.default(true),
    usedBy: ['api'],
    meaning:
      'Whether the API prepares statements, which halves the work of PostgreSQL. Set `false` behind a ' +
      'pooler without prepared statements: PgBouncer before 1.21, or with `max_prepared_statements = 0` ' +
      '(the default before 1.24).',
  },
} as const;

const second = 1_000;

/** The address of PostgreSQL, and the limits of a process. */
export function databaseConfig(set: ValuesOf<typeof databaseSettings>) {
  return {
    databaseUrl: set.DATABASE_URL,
    databasePoolSize: set.DATABASE_POOL_SIZE,
    /** In milliseconds: an answer of 503 now, and another try, are better than a pile of requests. */
    databaseTimeoutsMs: {
      connection: set.DATABASE_CONNECTION_TIMEOUT_SECONDS * second,
      statement: set.DATABASE_STATEMENT_TIMEOUT_SECONDS * second,
      lock: set.DATABASE_LOCK_TIMEOUT_SECONDS * second,
    },
    databasePrepares: set.DATABASE_PREPARED_STATEMENTS,
  };
}

/** How long a process waits for PostgreSQL. Milliseconds. */
export type DatabaseTimeouts = ReturnType<typeof databaseConfig>['databaseTimeoutsMs'];
