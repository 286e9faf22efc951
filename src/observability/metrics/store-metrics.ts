import { Counter, Gauge, type Registry } from 'prom-client';
import { requestKinds } from '../../integrations/object-store/admission.js';
import type { StoreFlows } from '../../integrations/object-store/store-flows.js';

/**
 * Registers how it goes with the requests to the object store, those that read and those that write; read at each
 * scrape.
 */
export function registerStoreMetrics(registry: Registry, stores: Pick<StoreFlows, 'state'>): void {
  const registers = [registry];
  const labelNames = ['kind'];
  new Counter({
    name: 'ltd_store_requests_total',
    help: 'Attempts at requests to the object store that ended; refused: SlowDown, unanswered: time-outs and resets.',
    labelNames: ['kind', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const kind of requestKinds)
        for (const [outcome, attempts] of Object.entries(stores.state(kind).ended))
          this.inc({ kind, outcome }, attempts);
    },
  });
  new Gauge({
    name: 'ltd_store_window',
    help: 'Requests that may be on their way to the object store.',
    labelNames,
    registers,
    collect() {
      for (const kind of requestKinds) this.set({ kind }, stores.state(kind).window);
    },
  });
  new Gauge({
    name: 'ltd_store_in_flight',
    help: 'Requests that are on their way to the object store.',
    labelNames,
    registers,
    collect() {
      for (const kind of requestKinds) this.set({ kind }, stores.state(kind).inFlight);
    },
  });
  new Gauge({
    name: 'ltd_store_rate_limit',
    help: 'Requests a second that the store was seen to take; absent while it has refused none.',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const kind of requestKinds) {
        const { rate } = stores.state(kind);
        if (rate !== null) this.set({ kind }, rate);
      }
    },
  });
}
