import type { Knex } from 'knex';
import * as initial from './0001-initial.js';

/** Every migration in order. A list of imports, so a bundle or an image cannot lose one. */
export const migrations: readonly { readonly name: string; readonly migration: Knex.Migration }[] = [
  { name: '0001-initial', migration: initial },
];
