import { brokenFile, type FileReport } from './file-report.js';
import type { Runner } from './start-runner.js';

export interface SuiteOptions {
  /** In the order of their start. */
  readonly files: readonly string[];
  /** The most files at a time. */
  readonly concurrency: number;
  readonly startRunner: () => Promise<Runner>;
  /** Called with each report. */
  readonly onReport: (report: FileReport) => void;
}

/** Runs all files: each runner takes the next file when it is free. A new runner replaces one that crashed. */
export async function runSuite({ files, concurrency, startRunner, onReport }: SuiteOptions): Promise<FileReport[]> {
  const queue = [...files];
  const reports: FileReport[] = [];
  const tell = (report: FileReport): void => {
    reports.push(report);
    onReport(report);
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
  await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, work));
  return reports;
}
