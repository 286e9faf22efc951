import type { Knex } from 'knex';
import type { CopyConfig, PurgeConfig, S3Config } from '../config.js';
import type { Cdn } from '../integrations/cdn/cdn.js';
import type { DashboardBuilder } from '../integrations/dashboard/dashboard-builder.js';
import type { ObjectStore } from '../integrations/object-store/object-store.js';
import type { PurgeStarter, RebuildObserver, ServiceLogger, WorkflowStarter } from '../services/ports.js';

/** What the activities are given: built once, in the worker's main. */
export interface ActivityDependencies {
  readonly knex: Knex;
  readonly store: ObjectStore;
  readonly cdn: Cdn;
  readonly dashboard: DashboardBuilder;
  readonly workflows: WorkflowStarter;
  readonly purges: PurgeStarter;
  readonly observer: RebuildObserver;
  readonly logger: ServiceLogger;
  readonly s3: Pick<S3Config, 'acl' | 'directoryRedirects'>;
  readonly copy: Pick<CopyConfig, 'concurrency'>;
  readonly purge: PurgeConfig;
  /** The one base of URLs, where it is configured; else the product's own is used. */
  readonly baseUrl: string | null;
}
