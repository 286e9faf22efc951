import type { FinalEdition, FinalRebuild } from '../final-state.js';
import type { Check } from './violation.js';

/** Where the last request of an edition was neither given up nor failed, its build is the published one. */
export const newestPublished: Check = ({ final }) =>
  final.editions.flatMap((edition) => {
    const last = lastOf(final.rebuilds, edition);
    if (last === undefined) return [];
    if (last.build !== edition.declared && !edition.deprecated)
      return [
        `edition ${edition.id} declares ${edition.declared ?? 'none'}, and its last rebuild was of ${last.build}`,
      ];
    if (last.outcome === 'superseded') return [`the last rebuild of edition ${edition.id} was superseded by nothing`];
    return last.outcome === 'published' && edition.published !== last.build
      ? [`edition ${edition.id} shows ${edition.published ?? 'none'}, and build ${last.build} was published last`]
      : [];
  });

function lastOf(rebuilds: readonly FinalRebuild[], { id }: FinalEdition): FinalRebuild | undefined {
  return rebuilds
    .filter(({ edition }) => edition === id)
    .toSorted((one, other) => one.generation - other.generation)
    .at(-1);
}
