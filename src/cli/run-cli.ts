import { Command, CommanderError } from 'commander';
import { failureMessage } from '../process/failure-message.js';
import { packageVersion } from '../process/package-version.js';
import { codecServerCommand } from './commands/codec-server.js';
import { doctorCommand } from './commands/doctor.js';
import { healthCommand } from './commands/health.js';
import { migrateCommand } from './commands/migrate.js';
import { serviceCommands } from './commands/services.js';
import { userCommand } from './commands/user.js';
import type { CliIo } from './io.js';
import { ReportedFailure } from './reported-failure.js';

/** How a command ended. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

/** Runs the command line `ltd-keeper ...args` and answers its exit code. Never throws. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const program = new Command('ltd-keeper')
    .description('LTD Keeper: publishes versioned documentation')
    .version(packageVersion)
    .addCommand(migrateCommand(io))
    .addCommand(userCommand(io))
    .addCommand(doctorCommand(io))
    .addCommand(codecServerCommand(io))
    .addCommand(healthCommand(io));
  for (const service of serviceCommands()) program.addCommand(service);
  for (const command of everyCommand(program))
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (!(error instanceof ReportedFailure)) io.stderr.write(`${failureMessage(error)}\n`);
    return exitCodes.failed;
  }
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
