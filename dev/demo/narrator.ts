/** The destination of the narration: standard output, or a test's record. */
export interface NarratorOutput {
  write(text: string): unknown;
  /** Whether a line can be overwritten, as on a terminal. */
  readonly isTTY?: boolean;
}

/**
 * Shows the progress of a step. A terminal overwrites the line; other outputs write a new line when the text changed.
 */
export type ShowProgress = (text: string) => void;

/** Prints what a program does, a line for each step. */
export interface Narrator {
  /** Runs a step and prints its description and duration. A failing step prints so and rethrows. */
  step<T>(what: Step<T>): Promise<T>;
  /** Prints a line. */
  say(line: string): void;
}

/** One step. */
export interface Step<T> {
  /** The step's title, for "Failed: ". */
  readonly title: string;
  readonly work: (show: ShowProgress) => Promise<T>;
  /** The result in one line. @default the title */
  readonly describe?: (result: T) => string;
}

/** The least time between two progress lines where there is no terminal. Milliseconds. */
const minPauseMs = 1_000;

const clearLine = '\r\u001b[2K';

/** Creates a narrator that writes to `output`. */
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
      if (text === shown || now() - since < minPauseMs) return;
      shown = text;
      since = now();
      output.write(`          ${text}\n`);
    },
    clear: () => undefined,
  };
}

/** Eight characters, to align the lines. */
function took(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`.padStart(8);
}
