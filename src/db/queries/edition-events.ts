import type { Knex } from 'knex';
import { raw } from 'objection';
import type { EventDelivery, UndeliveredEvent } from '../../workflows/contract.js';
import { EditionEventRow } from '../models/edition-event.js';
import type { PassTurn } from '../protocol/passes.js';

/** An edition with undelivered events. */
export interface EditionWithEvents {
  readonly editionId: number;
  readonly productSlug: string;
  readonly editionSlug: string;
}

/** Returns the oldest undelivered event of an edition, or null. */
export async function nextEvent(knex: Knex, editionId: number): Promise<UndeliveredEvent | null> {
  const event = await EditionEventRow.query(knex)
    .where({ edition_id: editionId })
    .whereNull('outcome')
    .orderBy('id')
    .select('id', 'payload')
    .first();
  return event === undefined ? null : { id: event.id, payload: event.payload };
}

/** Returns the age of an event in hours; null if its delivery has ended. */
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

/** Events that the receiver refused. */
export interface RefusedEvents {
  /** Undelivered events with an error, and events of the last day whose delivery ended as rejected. */
  readonly refused: number;
  readonly rejected: number;
  /** The error of one of them, or null. */
  readonly reason: string | null;
}

/** Counts refused events. */
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

/** Returns editions with undelivered events, ordered by id: a part of a pass, or one edition. */
export async function editionsWithEvents(
  knex: Knex,
  which: PassTurn | { readonly editionId: number },
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

/** Events per pass. */
const batch = 1_000;

/** Delivered events stay for so many days. */
const keptFor = 30;

/** Deletes old events whose delivery has ended, and returns how many. */
export async function pruneEvents(knex: Knex): Promise<number> {
  const old = knex('edition_events')
    .whereNotNull('outcome')
    .whereRaw('finished_at < now() - make_interval(days => ?)', [keptFor])
    .orderBy('finished_at')
    .limit(batch)
    .select('id');
  return knex('edition_events').whereIn('id', old).delete();
}
