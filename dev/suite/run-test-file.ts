import { format } from 'node:util';
import Mocha from 'mocha';
import { brokenFile, type FileReport } from './file-report.js';
import type { MochaSettings } from './mocha-settings.js';

const { Base, Spec } = Mocha.reporters;

/** The suite prints one summary of all files. */
class WithoutSummary extends Spec {
  override epilogue(): void {
    // empty: no summary per file
  }
}

/** Runs the tests of one file in this process; never rejects. */
export async function runTestFile(
  file: string,
  { timeout, slow }: Pick<MochaSettings, 'timeout' | 'slow'>,
): Promise<FileReport> {
  const mocha = new Mocha({ timeout, slow, reporter: WithoutSummary }).addFile(file);
  try {
    await mocha.loadFilesAsync();
  } catch (error) {
    return brokenFile(file, `The file cannot be loaded: ${error instanceof Error ? error.stack : String(error)}`);
  }
  const printed = capture();
  const begun = performance.now();
  const tests = await run(mocha);
  const milliseconds = performance.now() - begun;
  const text = printed();
  if (tests.failed.length > 0) Base.list(tests.failed);
  const failed = tests.failed.map((test) => test.fullTitle());
  return { file, milliseconds, ...tests, failed, text, details: printed() };
}

interface Outcome {
  readonly passing: number;
  readonly pending: number;
  readonly failed: Mocha.Test[];
}

async function run(mocha: Mocha): Promise<Outcome> {
  const failed: Mocha.Test[] = [];
  const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
    const runner = mocha.run(() => {
      resolve(runner.stats);
    });
    runner.on('fail', (test) => failed.push(test));
  });
  return { passing: stats?.passes ?? 0, pending: stats?.pending ?? 0, failed };
}

/** Captures the output of mocha's reporters. The returned function returns the output since its last call. */
function capture(): () => string {
  let text = '';
  Base.consoleLog = (...words: unknown[]) => {
    text += `${format(...words)}\n`;
  };
  return () => {
    const taken = text;
    text = '';
    return taken;
  };
}
