import type { Knex } from 'knex';
import type { Config } from '../config/config.js';
import { loadDashboardFacts, recordDashboardDigest } from '../db/queries/dashboard.js';
import type { Cdn } from '../integrations/cdn/cdn.js';
import { createCountedCdn, createFastlyCdn } from '../integrations/cdn/fastly-cdn.js';
import { createBuiltInDashboard } from '../integrations/dashboard/built-in-dashboard.js';
import { createDashboardPages } from '../integrations/dashboard/dashboard-pages.js';
import type { DashboardSource } from '../integrations/dashboard/dashboard-builder.js';
import { createDasherDashboard } from '../integrations/dashboard/dasher-dashboard.js';
import { createRoute53Client, createRoute53Dns } from '../integrations/dns/route53-dns.js';
import { createHttpEventReceiver } from '../integrations/events/http-event-receiver.js';
import { chooseRequests } from '../integrations/object-store/choose-requests.js';
import { createS3Client } from '../integrations/object-store/s3-client.js';
import { s3ClientOptions } from '../integrations/object-store/s3-client-options.js';
import { createS3ObjectStore } from '../integrations/object-store/s3-object-store.js';
import { createStoreFlows } from '../integrations/object-store/store-flows.js';
import type { WorkMetrics } from '../observability/metrics/work-metrics.js';
import type { ActivityDeps } from '../activities/dependencies.js';

/** The world outside, as this process reaches it. */
export type Integrations = Pick<ActivityDeps, 'store' | 'stores' | 'cdn' | 'dashboard' | 'events' | 'dns'> & {
  close(): void;
};

/** Chooses the adapters that the configuration asks for. Nothing connects before it is used. */
export function createIntegrations(
  config: Config,
  { knex, metrics }: { readonly knex: Knex; readonly metrics: WorkMetrics },
): Integrations {
  const { eventsUrl, route53 } = config;
  const account = s3ClientOptions(config.s3);
  const client = createS3Client(account);
  const names = route53 === null ? null : createRoute53Client({ ...account, ...route53 });
  const requests = chooseRequests(config.s3.client, client);
  const stores = createStoreFlows({
    maxConcurrency: config.s3.maxConcurrency,
    connect: (admission) =>
      createS3ObjectStore({
        client,
        requests,
        multipartThreshold: config.copy.multipartThreshold,
        admission,
      }),
  });
  const { store } = stores.open('short work');
  const cdn = cdnOf(config, metrics);
  return {
    store,
    stores,
    cdn,
    dashboard:
      config.dasherUrl === null
        ? createBuiltInDashboard({
            source: dashboardSource(knex),
            store,
            isCached: cdn !== null,
            render: createDashboardPages(),
            placement: config.s3,
          })
        : createDasherDashboard({ url: config.dasherUrl }),
    events: eventsUrl === null ? null : createHttpEventReceiver({ url: eventsUrl.reveal() }),
    dns: names === null ? null : createRoute53Dns(names),
    close: () => {
      requests.destroy();
      client.destroy();
      names?.destroy();
    },
  };
}

/** The built-in dashboard's view of the database. */
export function dashboardSource(knex: Knex): DashboardSource {
  return {
    load: (productId) => loadDashboardFacts(knex, productId),
    beginWriting: (productId, from) => recordDashboardDigest(knex, productId, { from, to: null, purgeDue: true }),
    recordDigest: (productId, change) => recordDashboardDigest(knex, productId, change),
  };
}

function cdnOf({ fastly }: Config, metrics: WorkMetrics): Cdn | null {
  if (fastly === null) return null;
  const { serviceId, key, apiUrl } = fastly;
  const fastlyCdn = createFastlyCdn({ serviceId, apiKey: key.reveal(), apiUrl });
  return createCountedCdn(fastlyCdn, (outcome) => {
    metrics.purged(outcome);
  });
}
