/** Where the narration goes: standard output, or a test's record. */
export interface NarratorOutput {
  write(text: string): unknown;
  /** Whether lines can be written over, as on a terminal. */
  readonly isTTY?: boolean;
}

/** Shows how a step comes along. On a terminal the line is written over; elsewhere it is written when it is news. */
export type ShowProgress = (text: string) => void;

/** Tells what a program does, a line for each step. */
export interface Narrator {
  /**
   * Does a step and says what it did, as `describe` puts it, and how long it took. A step that fails says so, and
   * throws what it threw.
   */
  step<T>(what: Step<T>): Promise<T>;
  /** A line of its own. */
  say(line: string): void;
}

/** One step. */
export interface Step<T> {
  /** What is tried, as it reads after "Failed: ". */
  readonly title: string;
  readonly work: (show: ShowProgress) => Promise<T>;
  /** What was done, in one line. @default the title */
  readonly describe?: (result: T) => string;
}

/** Elsewhere than on a terminal, progress is told at most so often. Milliseconds. */
const leastPause = 1_000;

const clearLine = '\r\u001b[2K';

/** A narrator that writes to `output`. */
export function createNarrator(output: NarratorOutput, now: () => number = () => performance.now()): Narrator {
  const say = (line: string): void => {
    output.write(`${line}\n`);
  };
  return {
    say,
    step: async ({ title, work, describe }) => {
      const start = now();
      const progress = createProgress(output, now);
      try {
        progress.show(`${title} ...`);
        const result = await work(progress.show);
        progress.clear();
        say(`${took(now() - start)}  ${describe?.(result) ?? title}`);
        return result;
      } catch (error) {
        progress.clear();
        say(`${took(now() - start)}  Failed: ${title}`);
        throw error;
      }
    },
  };
}

function createProgress(
  output: NarratorOutput,
  now: () => number,
): { readonly show: ShowProgress; readonly clear: () => void } {
  if (output.isTTY === true)
    return {
      show: (text) => output.write(`${clearLine}          ${text}`),
      clear: () => output.write(clearLine),
    };
  let shown = '';
  let since = now();
  return {
    show: (text) => {
      if (text === shown || now() - since < leastPause) return;
      shown = text;
      since = now();
      output.write(`          ${text}\n`);
    },
    clear: () => undefined,
  };
}

/** Eight characters, so that lines align. */
function took(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`.padStart(8);
}
