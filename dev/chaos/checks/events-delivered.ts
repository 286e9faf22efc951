import type { FinalEvent } from '../final-state.js';
import { type DeliveryEvent, deliveriesOf } from '../history.js';
import type { Check } from './violation.js';

/**
 * The receiver was told of every publication that the service wrote down for it, of each edition in the order of its
 * publications, and of nothing else. It may be told twice in a row.
 */
export const eventsDelivered: Check = ({ events, final }) => {
  const told = deliveriesOf(events);
  const editions = new Set([...told, ...final.events].map(({ edition }) => edition));
  return [...editions].flatMap((id) =>
    wrongWith(
      id,
      final.events.filter(({ edition }) => edition === id),
      told.filter(({ edition }) => edition === id),
    ),
  );
};

function wrongWith(edition: number, owed: readonly FinalEvent[], told: readonly DeliveryEvent[]): readonly string[] {
  const open = owed.filter(({ outcome }) => outcome !== 'delivered').length;
  if (open > 0) return [`${open} events of edition ${edition} were not delivered`];
  const [wanted, got] = [onceInARow(owed), onceInARow(told)];
  return wanted === got
    ? []
    : [`of edition ${edition} the receiver was told of the builds ${got}, and it was owed ${wanted}`];
}

/** The builds in their order; the same one twice in a row is one, for it may have been told twice. */
function onceInARow(builds: readonly { readonly build: number }[]): string {
  return builds
    .map(({ build }) => build)
    .filter((build, index, all) => build !== all[index - 1])
    .join(', ');
}
