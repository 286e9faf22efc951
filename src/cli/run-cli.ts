import { Command, CommanderError } from 'commander';
import { LtdError } from '../domain/errors.js';
import { failureMessage } from '../process/failure-message.js';
import { packageVersion } from '../process/package-version.js';
import { codecServerCommand } from './commands/codec-server.js';
import { doctorCommand } from './commands/doctor.js';
import { healthCommand } from './commands/health.js';
import { migrateCommand } from './commands/migrate.js';
import { userCommand } from './commands/user.js';
import { type CliIo, ReportedFailure } from './io.js';

/** How a command ended. */
const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;

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

/**
 * `ltd-keeper api` and `ltd-keeper worker`, for the help alone: they are programs of their own, which
 * `bin/ltd-keeper.js` starts without loading this one.
 */
function serviceCommands(): readonly Command[] {
  return [
    service('api', 'serve the HTTP API until told to stop'),
    service('worker', 'carry out publications until told to stop'),
  ];
}

function service(name: string, description: string): Command {
  return new Command(name).description(description).action(() => {
    throw new LtdError('invalid', `The ${name} is a program of its own: run ltd-keeper ${name}`);
  });
}
