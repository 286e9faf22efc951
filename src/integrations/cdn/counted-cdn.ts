import { hasCode } from '../../domain/errors.js';
import type { Cdn } from './cdn.js';

/** The same CDN; `count` is told how each purge ended, but for those that were given up. */
export function createCountedCdn(
  cdn: Cdn,
  count: (outcome: 'purged' | 'unavailable' | 'rejected') => void,
): Cdn {
  return {
    purge: async (surrogateKey, options) => {
      try {
        await cdn.purge(surrogateKey, options);
      } catch (error) {
        if (hasCode(error, 'cdn_unavailable')) count('unavailable');
        if (hasCode(error, 'cdn_rejected')) count('rejected');
        throw error;
      }
      count('purged');
    },
  };
}
