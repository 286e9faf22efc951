import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { reasonOf } from '../process/failure-message.js';
import { assertSchema } from './migrate.js';

/** Between two looks. Milliseconds. */
const pause = 1_000;

/**
 * Waits until the database answers and its schema is new enough for this program, however long that takes. Changes
 * nothing. Says why it waits, once for each reason.
 */
export async function awaitSchema(knex: Knex, say: (reason: string) => void): Promise<void> {
  let said: string | undefined;
  for (;;) {
    const reason = await whyNot(knex);
    if (reason === undefined) return;
    if (reason !== said) say(reason);
    said = reason;
    await sleep(pause);
  }
}

async function whyNot(knex: Knex): Promise<string | undefined> {
  try {
    await assertSchema(knex);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
