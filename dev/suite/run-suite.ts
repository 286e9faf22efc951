import { brokenFile, type FileReport } from './file-report.js';
import type { Runner } from './start-runner.js';

/** How the suite is run. */
export interface SuiteOptions {
  /** In the order in which they are begun. */
  readonly files: readonly string[];
  /** Files that run at a time. */
  readonly atOnce: number;
  readonly startRunner: () => Promise<Runner>;
  /** Called with each report as it comes. */
  readonly told: (report: FileReport) => void;
}

/** Runs all files: each runner takes the next as soon as it is done with one. A runner that broke off is replaced. */
export async function runSuite({ files, atOnce, startRunner, told }: SuiteOptions): Promise<FileReport[]> {
  const queue = [...files];
  const reports: FileReport[] = [];
  const tell = (report: FileReport): void => {
    reports.push(report);
    told(report);
  };
  const work = async (): Promise<void> => {
    let runner: Runner | undefined;
    let last = '';
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      if (runner?.alive() !== true) runner = await startRunner();
      tell(await runner.run(file));
      last = file;
    }
    const wrong = runner?.alive() === true ? await runner.end() : undefined;
    if (wrong !== undefined) tell(brokenFile(last, `${wrong} after its last file`));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, files.length) }, work));
  return reports;
}
