import { inspectDatabase, missingPrivileges } from '../db/inspect.js';
import { missingMigrations } from '../db/migrate.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, warning } from './finding.js';

type Deps = Pick<DoctorDeps, 'knex'>;

/** The oldest that the tests of the database were seen to pass on; `make test` runs 18. */
const oldestVersion = 150_000;

/** Can the database be used, by this role, for this program? */
export async function checkDatabase({ knex }: Deps): Promise<readonly Finding[]> {
  const facts = await inspectDatabase(knex);
  const name = 'database';
  const answers = `PostgreSQL ${facts.version} answers role "${facts.role}"`;
  if (facts.isStandby)
    return [
      failure(name, `${answers}, but it is a standby and takes no writes.`, 'Let DATABASE_URL name the primary.'),
    ];
  const server =
    facts.versionNumber >= oldestVersion
      ? ok(name, `${answers}.`)
      : failure(name, `${answers}, which is too old.`, 'Upgrade PostgreSQL to 15 or newer.');
  return [server, judgeClock(`${name} clock`, facts.now, new Date())];
}

/** Has the database the tables of this version, and may this role use them? */
export async function checkSchema({ knex }: Deps): Promise<readonly Finding[]> {
  const missing = await missingMigrations(knex);
  if (missing.length > 0)
    return [failure('schema', `Migrations are missing: ${missing.join(', ')}.`, "Run 'ltd-keeper migrate'.")];
  const forbidden = await missingPrivileges(knex);
  if (forbidden.length === 0) return [ok('schema', 'It is up to date, and the role may use every table.')];
  return [
    failure(
      'schema',
      `It is up to date, but the role may not: ${forbidden.join(', ')}.`,
      'As the owner of the tables: GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO the role.',
    ),
  ];
}

/** In seconds. S3 refuses requests whose time is 15 minutes off (RequestTimeTooSkewed); warn long before. */
const tolerance = 60;

/** Compares a clock with this machine's. Stores tell whole seconds. */
export function judgeClock(check: string, theirs: Date, ours: Date): Finding {
  const seconds = Math.round((theirs.getTime() - ours.getTime()) / 1_000);
  if (Math.abs(seconds) <= tolerance) return ok(check, 'Its clock agrees with this machine’s.');
  return warning(
    check,
    `Its clock is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine’s.`,
    'Set both by NTP: a store refuses requests that are 15 minutes off, and dates would be wrong.',
  );
}
