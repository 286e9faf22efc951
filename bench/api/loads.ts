import type { Load } from './measure-load.js';
import type { Seeded } from './seed.js';

/**
 * Two loads: reads, which alternate between products and editions; and completed uploads, each of which starts a
 * rebuild.
 */
export function createLoads(seeded: Seeded): { readonly reads: Load; readonly patches: Load } {
  const { productSlugs, editionIds, buildIds } = seeded;
  let read = 0;
  let announced = 0;
  return {
    reads: {
      name: 'reads',
      next: () => {
        read += 1;
        const path =
          read % 2 === 0
            ? `/products/${String(productSlugs[read % productSlugs.length])}`
            : `/editions/${String(editionIds[(read * 7_919) % editionIds.length])}`;
        return { method: 'GET', path };
      },
    },
    patches: {
      name: 'PATCHes',
      next: () => {
        const build = buildIds[announced];
        // Completing an upload twice is less work, which would distort the result.
        if (build === undefined) throw new Error('All builds of the bench are announced: seed more of them');
        announced += 1;
        return { method: 'PATCH', path: `/builds/${build}`, body: '{"uploaded":true}' };
      },
    },
  };
}
