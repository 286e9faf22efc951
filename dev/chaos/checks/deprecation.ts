import type { FinalEdition, FinalState } from '../final-state.js';
import { type ChaosEvent, isAccepted, mayBeAfter, mayHaveCounted, type RequestEvent, requestsOf } from '../history.js';
import { isTracked } from './is-tracked.js';
import type { Check } from './violation.js';

/**
 * An edition is deprecated at the end exactly where that was asked for last. A build that is registered for its refs
 * revives it.
 */
export const deprecation: Check = ({ events, final }) =>
  final.editions.flatMap((edition) => {
    const { id, deprecated } = edition;
    const deprecations = requestsOf(events)
      .filter(mayHaveCounted)
      .filter(({ verb, edition: of }) => verb === 'deprecate' && of === id);
    const revivals = revivalsOf(events, final, edition);
    const [asked, otherwise] = deprecated ? [revivals, deprecations] : [deprecations, revivals];
    const lost = asked.filter(isAccepted).find((request) => !otherwise.some((other) => mayBeAfter(other, request)));
    return [
      ...(lost === undefined ? [] : [told(edition, lost)]),
      ...(deprecated && deprecations.length === 0 ? [`edition ${id} is deprecated, and nobody asked for that`] : []),
    ];
  });

/** Registrations of builds that the edition follows, or of which nobody knows what they were of. */
function revivalsOf(
  events: readonly ChaosEvent[],
  { builds }: FinalState,
  edition: FinalEdition,
): readonly RequestEvent[] {
  const tracked = new Set(builds.filter((build) => isTracked(build, edition)).map(({ id }) => id));
  return requestsOf(events)
    .filter(mayHaveCounted)
    .filter(
      ({ verb, product, build }) =>
        verb === 'register' && product === edition.product && (build === null || tracked.has(build)),
    );
}

function told({ id, deprecated }: FinalEdition, { verb, task }: RequestEvent): string {
  return `edition ${id} is ${deprecated ? '' : 'not '}deprecated, though '${verb}' (task ${task}) was accepted last`;
}
