import { poll } from '../../poll.js';

/** What undoing needs may itself be down for so long. Milliseconds. */
const patience = 180_000;

/**
 * Does the work. Where that fails, undoes what may be done all the same: a store that was frozen carries out late what
 * its client has given up.
 *
 * @throws what the work threw.
 */
export async function orUndo<T>(work: () => Promise<T>, undo: () => Promise<unknown>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await poll(() => undo().then(() => true), {
      what: 'a fault that failed to be undone',
      timeout: patience,
      interval: 500,
    });
    throw error;
  }
}
