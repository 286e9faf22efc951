import { refusedEvents } from '../db/queries/edition-events.js';
import type { DoctorDeps } from './dependencies.js';
import { type Finding, ok, warning } from './finding.js';

/** Does the receiver of events take them? */
export async function checkDeliveries({ knex }: Pick<DoctorDeps, 'knex'>): Promise<readonly Finding[]> {
  const name = 'deliveries';
  const { refused, rejected, reason } = await refusedEvents(knex);
  if (refused + rejected === 0) return [ok(name, 'The receiver has refused no event of the last day.')];
  return [
    warning(
      name,
      `The receiver refuses ${refused} events, and ${rejected} were written off within a day: ${String(reason)}`,
      "Mend the receiver or LTD_EVENTS_URL: what waits is delivered then, in order. See 'Events' in docs/operations.md.",
    ),
  ];
}
