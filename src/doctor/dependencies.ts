import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Config } from '../config/config.js';
import type { ManifestStore } from '../copy-engine/manifest.js';
import { createKnex } from '../db/knex.js';
import { createManifestStore } from '../db/manifests/manifest-store.js';
import type { DnsInspection } from '../integrations/dns/dns.js';
import { createRoute53Client, createRoute53Dns } from '../integrations/dns/route53-dns.js';
import { chooseRequests } from '../integrations/object-store/choose-requests.js';
import type { ObjectStore } from '../integrations/object-store/object-store.js';
import { createS3Client } from '../integrations/object-store/s3-client.js';
import { s3ClientOptions } from '../integrations/object-store/s3-client-options.js';
import { createS3ObjectStore } from '../integrations/object-store/s3-object-store.js';
import { createTemporalClient } from '../integrations/temporal/connect.js';
import { dataConverter } from '../payload-codec/data-converter.js';
import { createWorkflowStarter } from '../integrations/temporal/workflow-starter.js';
import type { WorkflowStarter } from '../services/ports.js';

/** What the checks work with. */
export interface DoctorDeps {
  readonly config: Config;
  readonly knex: Knex;
  readonly store: ObjectStore;
  readonly client: Client;
  /** The namespace of `client`. */
  readonly namespace: string;
  readonly workflows: Pick<WorkflowStarter, 'signalEdition'>;
  readonly manifests: ManifestStore;
  /** Null where no domains are registered. */
  readonly dns: DnsInspection | null;
}

/** Connections: each check has one, and those that walk through editions another. */
const poolSize = 4;

/** A person waits: what a worker would try five times is tried twice. */
const attempts = { maxAttempts: 2, timeout: 5_000 };

/** Runs `work` with its collaborators. They connect at first use, so the checks also run when a dependency is down. */
export async function withDoctorDeps<T>(config: Config, work: (deps: DoctorDeps) => Promise<T>): Promise<T> {
  const knex = createKnex({
    url: config.databaseUrl.reveal(),
    poolSize,
    applicationName: 'ltd-keeper doctor',
  });
  const temporal = createTemporalClient(config.temporal, dataConverter(config.temporalEncryptionKeys));
  const { client } = temporal;
  const account = s3ClientOptions(config.s3);
  const s3 = createS3Client(account);
  const names = config.route53 === null ? null : createRoute53Client({ ...account, ...config.route53 });
  const requests = chooseRequests(config.s3.client, s3);
  const deps = {
    config,
    knex,
    store: createS3ObjectStore({ client: s3, requests, attempts }),
    client,
    namespace: config.temporal.namespace ?? 'default',
    workflows: createWorkflowStarter(client),
    manifests: createManifestStore(knex),
    dns: names === null ? null : createRoute53Dns(names),
  };
  try {
    return await work(deps);
  } finally {
    requests.destroy();
    s3.destroy();
    names?.destroy();
    await temporal.close();
    await knex.destroy();
  }
}
