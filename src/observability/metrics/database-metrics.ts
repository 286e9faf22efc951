import type { Knex } from 'knex';
import { Gauge, type Registry } from 'prom-client';

/** What is read of the pool of tarn.js that knex keeps; knex's types do not have it. */
interface Pool {
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** Registers how the pool of connections stands; read at each scrape. */
export function registerDatabaseMetrics(registry: Registry, knex: Knex): void {
  const { pool } = knex.client as { readonly pool: Pool };
  new Gauge({
    name: 'ltd_database_connections',
    help: 'Connections of the pool that are used or free, and queries that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'used' }, pool.numUsed());
      this.set({ state: 'free' }, pool.numFree());
      this.set({ state: 'waiting' }, pool.numPendingAcquires());
    },
  });
}
