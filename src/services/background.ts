/** Work that goes on after a request was answered. */
export interface Background {
  /**
   * Lets `work`, which must not reject, go on. Resolves at once; where too much is going on already, once this is done, so
   * that whoever asks for more has to wait.
   */
  run(work: Promise<void>): Promise<void>;
  /** Resolves once all that was begun is done. */
  settled(): Promise<void>;
}

/** So much may go on at a time: more than two seconds of all the requests that a process can take. */
const usualMost = 1_000;

/** A {@link Background}. With `most` of 0 every work is waited for. */
export function createBackground(most: number = usualMost): Background {
  const going = new Set<Promise<void>>();
  return {
    run: async (work) => {
      going.add(work);
      const done = work.finally(() => going.delete(work));
      if (going.size > most) await done;
    },
    settled: async () => {
      while (going.size > 0) await Promise.all(going);
    },
  };
}
