import { Command } from 'commander';
import { awaitSchema, migrate } from '../../db/migrate.js';
import type { CliIo } from '../io.js';
import { withDatabase } from '../with-database.js';

/** `ltd-keeper migrate`. */
export function migrateCommand(io: CliIo): Command {
  return new Command('migrate')
    .description('bring the database schema to this version; safe to run from many places at once')
    .option('--wait', 'change nothing, but wait until somebody else has done it')
    .action(async ({ wait = false }: { wait?: boolean }) => {
      await (wait ? waitFor(io) : apply(io));
    });
}

async function apply(io: CliIo): Promise<void> {
  const applied = await withDatabase(io, migrate);
  for (const name of applied) io.stdout.write(`applied ${name}\n`);
  if (applied.length === 0) io.stdout.write('The schema is up to date.\n');
}

async function waitFor(io: CliIo): Promise<void> {
  await withDatabase(io, (knex) =>
    awaitSchema(knex, (reason) => {
      io.stderr.write(`waiting: ${reason}\n`);
    }),
  );
  io.stdout.write('The schema is up to date.\n');
}
