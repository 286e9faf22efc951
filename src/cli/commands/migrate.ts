import { Command } from 'commander';
import { migrate } from '../../db/migrate.js';
import type { CliIo } from '../io.js';
import { withDatabase } from '../with-database.js';

/** `ltd-keeper migrate`. */
export function migrateCommand(io: CliIo): Command {
  return new Command('migrate')
    .description('bring the database schema to this version; safe to run from many places at once')
    .action(async () => {
      const applied = await withDatabase(io, migrate);
      for (const name of applied) io.stdout.write(`applied ${name}\n`);
      if (applied.length === 0) io.stdout.write('The schema is up to date.\n');
    });
}
