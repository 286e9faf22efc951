import type { Knex } from 'knex';
import type { CopyConfig, DeletionConfig } from '../config/settings/work.js';
import type { S3Config } from '../config/settings/object-store.js';
import type { ManifestStore } from '../copy-engine/manifest.js';
import type { Cdn } from '../integrations/cdn/cdn.js';
import type { DashboardBuilder } from '../integrations/dashboard/dashboard-builder.js';
import type { Dns } from '../integrations/dns/dns.js';
import type { EventReceiver } from '../integrations/events/event-receiver.js';
import type { ObjectStore } from '../integrations/object-store/object-store.js';
import type { StoreFlows } from '../integrations/object-store/store-flows.js';
import type { WorkMetrics } from '../observability/metrics/work-metrics.js';
import type {
  EventsStarter,
  DeletionStarter,
  RebuildCounter,
  RebuildObserver,
  RunReplacer,
  ServiceLogger,
  WorkflowStarter,
} from '../services/ports.js';

/** What the activities are given: built once, in the worker's main. */
export interface ActivityDeps {
  readonly knex: Knex;
  /** The object store for short work that shares one flow. */
  readonly store: ObjectStore;
  /** The same store, a flow for each larger piece of work. */
  readonly stores: StoreFlows;
  readonly manifests: ManifestStore;
  /** What keeps what readers fetch; null where nothing is to be purged. */
  readonly cdn: Cdn | null;
  readonly dashboard: DashboardBuilder;
  /** Who is told of publications; null where nobody listens. */
  readonly events: EventReceiver | null;
  /** Where domains of new products are registered; null where somebody else does that. */
  readonly dns: Dns | null;
  readonly workflows: WorkflowStarter & EventsStarter & RunReplacer;
  readonly deletions: DeletionStarter;
  readonly observer: RebuildObserver;
  readonly logger: ServiceLogger;
  readonly metrics: WorkMetrics;
  readonly rebuilds: RebuildCounter;
  readonly s3: Pick<S3Config, 'acl' | 'directoryRedirects'>;
  readonly copy: Pick<CopyConfig, 'concurrency'>;
  readonly deletion: DeletionConfig;
  /** The one base of URLs, where it is configured; else the product's own is used. */
  readonly baseUrl: string | null;
}
