/** Work that goes on after a request was answered. */
export interface Background {
  /**
   * Begins `work`, which must not reject, and resolves. Where too much is going on already, whoever asks for more has to
   * wait until there is room for it, in the order in which they came.
   */
  run(work: () => Promise<void>): Promise<void>;
  /** For the end: begins nothing more of what waits, and resolves once all that was begun is done. */
  settled(): Promise<void>;
}

/** Work that waits for room. */
interface Waiting {
  readonly begin: () => void;
  readonly giveUp: () => void;
}

/** So much may go on at a time: Temporal's smallest server is told of it within three seconds. */
const usualMost = 500;

/** A {@link Background}. */
export function createBackground(most: number = usualMost): Background {
  const going = new Set<Promise<void>>();
  const waiting: Waiting[] = [];
  const begin = (work: () => Promise<void>): void => {
    const done = work().finally(() => {
      going.delete(done);
      waiting.shift()?.begin();
    });
    going.add(done);
  };
  return {
    run: async (work) => {
      if (going.size < most) begin(work);
      else
        await new Promise<void>((resolve) => {
          waiting.push({
            begin: () => {
              begin(work);
              resolve();
            },
            giveUp: resolve,
          });
        });
    },
    settled: async () => {
      for (const { giveUp } of waiting.splice(0)) giveUp();
      while (going.size > 0) await Promise.all(going);
    },
  };
}
