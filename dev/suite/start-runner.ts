import { fork } from 'node:child_process';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';
import { brokenFile, type FileReport } from './file-report.js';
import { mochaSettings } from './mocha-settings.js';

/** A process that runs test files, one at a time. */
export interface Runner {
  /** Never rejects: it also reports a crash of the process, which then runs no further file. */
  run(file: string): Promise<FileReport>;
  alive(): boolean;
  /** Stops its servers and ends it. Returns the error of its end, if any. */
  end(): Promise<string | undefined>;
}

/** Starts a runner. It ends with this process, in any way. */
export async function startRunner(): Promise<Runner> {
  const settings = await mochaSettings();
  const child = fork(join(import.meta.dirname, 'runner.js'), [], {
    cwd: checkout,
    execArgv: settings['node-option'].map((name) => `--${name}`),
    env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}) },
  });
  let ending: string | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      ending = `The process of the tests ended with ${code ?? signal}`;
      resolve(ending);
    });
  });
  return {
    alive: () => ending === undefined,
    run: async (file) => {
      const report = new Promise<FileReport>((resolve) => {
        child.once('message', (message) => {
          resolve(message as FileReport); // runner.ts sends nothing else
        });
      });
      child.send(file, () => undefined); // that it cannot be sent says the end
      return Promise.race([report, ended.then((why) => brokenFile(file, why))]);
    },
    end: async () => {
      if (child.connected) child.disconnect();
      const why = await ended;
      return child.exitCode === 0 ? undefined : why;
    },
  };
}
