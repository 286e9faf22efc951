import { Command, InvalidArgumentError, Option } from 'commander';
import { deleteUser, listUsers, updatePermissions } from '../../db/queries/users.js';
import { formatDate } from '../../domain/dates.js';
import { formatPermissions, parsePermissions, permissions } from '../../domain/permissions.js';
import { changePassword, createUser, noUser } from '../../services/create-user.js';
import { createPasswordHasher } from '../../services/hash-password.js';
import type { CliIo } from '../io.js';
import { readPassword } from '../read-password.js';
import { withCurrentSchema } from '../with-database.js';

/** `ltd-keeper user ...`. */
export function userCommand(io: CliIo): Command {
  return new Command('user')
    .description('manage who may call the API')
    .addCommand(createCommand(io))
    .addCommand(listCommand(io))
    .addCommand(setPermissionsCommand(io))
    .addCommand(setPasswordCommand(io))
    .addCommand(deleteCommand(io));
}

function createCommand(io: CliIo): Command {
  return new Command('create')
    .description('make a user')
    .argument('<name>')
    .addOption(permissionsOption())
    .addOption(passwordOption())
    .action(async (username: string, options: PermissionsOption & PasswordOption) => {
      const password = await readPassword(io, { fromStdin: options.passwordStdin === true });
      await withCurrentSchema(io, (knex) =>
        createUser({ knex, passwords: createPasswordHasher() }, { ...options, username, password }),
      );
      io.stdout.write(`User ${username} is made, with permissions ${formatPermissions(options.permissions)}.\n`);
    });
}

function listCommand(io: CliIo): Command {
  return new Command('list').description('list the users and what they may do').action(async () => {
    const users = await withCurrentSchema(io, listUsers);
    const rows = users.map(({ username, permissions: granted, date_created }) => [
      username,
      formatPermissions(granted),
      formatDate(date_created),
    ]);
    io.stdout.write(table([['NAME', 'PERMISSIONS', 'CREATED'], ...rows]));
  });
}

function setPermissionsCommand(io: CliIo): Command {
  return new Command('set-permissions')
    .description('replace what a user may do, at once')
    .argument('<name>')
    .addOption(permissionsOption())
    .action(async (username: string, options: PermissionsOption) => {
      await withCurrentSchema(io, async (knex) => {
        if (!(await updatePermissions(knex, username, options.permissions))) throw noUser(username);
      });
      io.stdout.write(`User ${username} has permissions ${formatPermissions(options.permissions)}.\n`);
    });
}

function setPasswordCommand(io: CliIo): Command {
  return new Command('set-password')
    .description('replace the password of a user; tokens given out before end')
    .argument('<name>')
    .addOption(passwordOption())
    .action(async (username: string, options: PasswordOption) => {
      const password = await readPassword(io, { fromStdin: options.passwordStdin === true });
      await withCurrentSchema(io, (knex) =>
        changePassword({ knex, passwords: createPasswordHasher() }, { username, password }),
      );
      io.stdout.write(`User ${username} has a new password.\n`);
    });
}

function deleteCommand(io: CliIo): Command {
  return new Command('delete')
    .description('remove a user; tokens given out before end')
    .argument('<name>')
    .action(async (username: string) => {
      await withCurrentSchema(io, async (knex) => {
        if (!(await deleteUser(knex, username))) throw noUser(username);
      });
      io.stdout.write(`User ${username} is removed.\n`);
    });
}

interface PermissionsOption {
  /** Bits of domain/permissions.ts. */
  readonly permissions: number;
}

interface PasswordOption {
  readonly passwordStdin?: boolean;
}

function permissionsOption(): Option {
  return new Option('--permissions <list>', `any of ${permissions.join(',')}, or all`)
    .makeOptionMandatory()
    .argParser((list) => {
      try {
        return parsePermissions(list);
      } catch (error) {
        throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
      }
    });
}

function passwordOption(): Option {
  return new Option('--password-stdin', 'read the password from standard input, do not ask for it');
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
