import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../config/load-config.js';
import { withDoctorDeps } from '../../doctor/dependencies.js';
import { examine } from '../../doctor/examine.js';
import type { Finding } from '../../doctor/finding.js';
import { resync } from '../../doctor/resync.js';
import { type CliIo, ReportedFailure } from '../io.js';

interface DoctorOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly sample: number;
  readonly repair?: boolean;
  readonly resync?: boolean;
}

/** `ltd-keeper doctor`. Ends with 0 unless something failed that was not repaired. */
export function doctorCommand(io: CliIo): Command {
  return new Command('doctor')
    .description('look at everything that the service needs, and say what is wrong and what to do')
    .option('--json', 'print one JSON object, for programs')
    .option('--sample <n>', 'compare this many editions with their builds', wholeNumber, 20)
    .option('--all', 'compare all editions with their builds')
    .option(
      '--repair',
      'declare editions that have drifted for a rebuild, try owed purges again, and mend the schedule of Reconcile',
    )
    .option('--resync', 'after a restore of the database or a bucket: have every edition looked at')
    .action(async (options: DoctorOptions) => {
      const print = options.json === true ? null : printer(io);
      const findings = await diagnose(io, options, print ?? (() => undefined));
      const isWell = findings.every(({ status }) => status !== 'failure');
      if (print === null) io.stdout.write(`${JSON.stringify({ ok: isWell, findings }, null, 2)}\n`);
      else io.stdout.write(`\n${summary(findings)}\n`);
      if (!isWell) throw new ReportedFailure();
    });
}

async function diagnose(
  io: CliIo,
  options: DoctorOptions,
  print: (finding: Finding) => void,
): Promise<readonly Finding[]> {
  const { sample, all = false, repair = false } = options;
  return withDoctorDeps(loadConfig('cli', io.env), async (deps) => {
    const findings: Finding[] = options.resync === true ? [...(await resync(deps))] : [];
    findings.forEach(print);
    for await (const finding of examine(deps, { sample: all ? null : sample, repair })) {
      findings.push(finding);
      print(finding);
    }
    return findings;
  });
}

/** As wide as the longest of the statuses. */
const statusWidth = 'repaired'.length;

function printer({ stdout }: CliIo): (finding: Finding) => void {
  return ({ status, check, message, advice }) => {
    stdout.write(`${status.padEnd(statusWidth)}  ${check}: ${message}\n`);
    if (advice !== undefined) stdout.write(`${' '.repeat(statusWidth)}  -> ${advice}\n`);
  };
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['status']): number => findings.filter(({ status }) => status === wanted).length;
  const [failures, warnings, repairs] = [count('failure'), count('warning'), count('repaired')];
  if (failures + warnings + repairs === 0) return 'All is well.';
  return `${failures} failed, ${warnings} to look at, ${repairs} repaired.`;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('Give a whole number.');
}
