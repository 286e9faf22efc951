import type { Knex } from 'knex';
import { raw } from 'objection';
import type { EventDelivery, UndeliveredEvent } from '../../workflows/contract.js';
import { EditionEventRow } from '../models/edition-event.js';
import type { OverdueTurn } from '../protocol/overdue.js';

/** An edition with events that are not delivered, and what the Web UI should say of their delivery. */
export interface EditionWithEvents {
  readonly editionId: number;
  readonly productSlug: string;
  readonly editionSlug: string;
}

/** The oldest event of an edition that is not delivered; null when there is none. */
export async function nextEvent(knex: Knex, editionId: number): Promise<UndeliveredEvent | null> {
  const event = await EditionEventRow.query(knex)
    .where({ edition_id: editionId })
    .whereNull('outcome')
    .orderBy('id')
    .select('id', 'payload')
    .first();
  return event === undefined ? null : { id: event.id, payload: event.payload };
}

/** Whether the delivery of an event has not ended. */
export async function isUndelivered(knex: Knex, id: string): Promise<boolean> {
  const event = await EditionEventRow.query(knex).findById(id).whereNull('outcome').select('id');
  return event !== undefined;
}

/** Writes down how the delivery of an event ended, once: answers false when that is known already. */
export async function finishEvent(knex: Knex, id: string, delivery: EventDelivery): Promise<boolean> {
  const finished = await EditionEventRow.query(knex)
    .where({ id })
    .whereNull('outcome')
    .patch({ finished_at: raw('now()'), outcome: delivery.outcome, error: delivery.error ?? null });
  return finished > 0;
}

/** Editions with events that are not delivered, in the order of their ids: the next of a turn, or one alone. */
export async function editionsWithEvents(
  knex: Knex,
  which: OverdueTurn | { readonly editionId: number },
): Promise<readonly EditionWithEvents[]> {
  const undelivered = knex('edition_events').whereNull('outcome').select('edition_id');
  return knex('editions')
    .join('products', 'products.id', 'editions.product_id')
    .whereIn('editions.id', undelivered)
    .modify((query) => {
      if ('editionId' in which) void query.where('editions.id', which.editionId);
      else void query.where('editions.id', '>', which.after).limit(which.limit);
    })
    .orderBy('editions.id')
    .select<EditionWithEvents[]>({
      editionId: 'editions.id',
      productSlug: 'products.slug',
      editionSlug: 'editions.slug',
    });
}

/** One pass removes no more than this many events. */
const batch = 1_000;

/** How long it can be looked up what was told, in days. */
const keptFor = 30;

/** Removes events whose delivery ended long ago, and answers how many. */
export async function pruneEvents(knex: Knex): Promise<number> {
  const old = knex('edition_events')
    .whereNotNull('outcome')
    .whereRaw('finished_at < now() - make_interval(days => ?)', [keptFor])
    .orderBy('finished_at')
    .limit(batch)
    .select('id');
  return knex('edition_events').whereIn('id', old).delete();
}
