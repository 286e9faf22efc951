import type { Config } from '../config.js';
import { createFastlyCdn } from '../integrations/cdn/fastly-cdn.js';
import { createNoCdn } from '../integrations/cdn/no-cdn.js';
import { createDasherDashboard } from '../integrations/dashboard/dasher-dashboard.js';
import { createNoDashboard } from '../integrations/dashboard/no-dashboard.js';
import { createS3Client } from '../integrations/object-store/s3-client.js';
import { s3ClientOptions } from '../integrations/object-store/s3-client-options.js';
import { createS3ObjectStore } from '../integrations/object-store/s3-object-store.js';
import type { ActivityDependencies } from './dependencies.js';

/** The world outside, as this process reaches it. */
export type Integrations = Pick<ActivityDependencies, 'store' | 'cdn' | 'dashboard'> & { close(): void };

/** Chooses the adapters that the configuration asks for. Nothing connects before it is used. */
export function createIntegrations({ s3, copy, fastly, dasherUrl }: Config): Integrations {
  const client = createS3Client(s3ClientOptions(s3));
  return {
    store: createS3ObjectStore({ client, multipartThreshold: copy.multipartThreshold }),
    cdn:
      fastly === null
        ? createNoCdn()
        : createFastlyCdn({
            serviceId: fastly.serviceId,
            apiKey: fastly.key.reveal(),
            apiUrl: fastly.apiUrl,
          }),
    dashboard: dasherUrl === null ? createNoDashboard() : createDasherDashboard({ url: dasherUrl }),
    close: () => {
      client.destroy();
    },
  };
}
