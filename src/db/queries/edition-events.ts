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

/** How long ago an event was written down, in hours; null where its delivery has ended. */
export async function undeliveredHours(knex: Knex, id: string): Promise<number | null> {
  const event = await knex('edition_events')
    .where({ id })
    .whereNull('outcome')
    .first<{ hours: number } | undefined>(knex.raw('(extract(epoch FROM now() - created_at) / 3600)::float8 AS hours'));
  return event?.hours ?? null;
}

/** Stores the error of a failed attempt to deliver an event. */
export async function noteRefusal(knex: Knex, id: string, reason: string): Promise<void> {
  await EditionEventRow.query(knex).where({ id }).whereNull('outcome').patch({ error: reason });
}

/** What the receiver of events would not take. */
export interface RefusedEvents {
  /** Events that wait although the receiver answers, and those of the last day that were written off. */
  readonly refused: number;
  readonly rejected: number;
  /** Why, of one of them; null where there is none. */
  readonly reason: string | null;
}

/** Events that are refused at this moment, and those that were written off within a day. */
export async function refusedEvents(knex: Knex): Promise<RefusedEvents> {
  const { rows } = await knex.raw<{ rows: [RefusedEvents] }>(/* sql */ `
    SELECT r.n::int AS refused, w.n::int AS rejected, coalesce(r.reason, w.reason) AS reason
    FROM (SELECT count(*) AS n, max(error) AS reason FROM edition_events
          WHERE outcome IS NULL AND error IS NOT NULL) r,
         (SELECT count(*) AS n, max(error) AS reason FROM edition_events
          WHERE outcome IS NOT NULL AND outcome = 'rejected' AND finished_at > now() - interval '1 day') w`);
  return rows[0];
}

/** Stores the outcome of an event's delivery once. Returns false if an outcome is already stored. */
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
