/** Work that goes on after a request was answered. */
export interface Background {
  /**
   * Lets `work`, which must not reject, go on. Resolves at once; where too much is going on already, once there is room
   * for it, so that whoever asks for more has to wait, in the order in which they came.
   */
  run(work: Promise<void>): Promise<void>;
  /** Resolves once all that was begun is done. */
  settled(): Promise<void>;
}

/** So much may go on at a time: Temporal's smallest server is told of it within three seconds. */
const usualMost = 500;

/** A {@link Background}. */
export function createBackground(most: number = usualMost): Background {
  const going = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  return {
    run: async (work) => {
      going.add(work);
      void work.then(() => {
        going.delete(work);
        waiting.shift()?.();
      });
      if (going.size > most) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    settled: async () => {
      while (going.size > 0) await Promise.all(going);
    },
  };
}
