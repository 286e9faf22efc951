import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { RuntimeOptions } from '@temporalio/worker';
import { request } from 'undici';

/** A scraper waits no longer either. Milliseconds. */
const patience = 2_000;

/** What Temporal's own library counts. */
export interface TemporalMetrics {
  /** For the runtime: serves them to this machine alone. */
  readonly telemetry: NonNullable<RuntimeOptions['telemetryOptions']>;
  /** Reads them, in Prometheus' text. */
  read(): Promise<string>;
}

/**
 * The library serves its metrics itself, on a port that it has to be told. They are read from there and told with ours,
 * so that a process has one address to scrape.
 */
export async function createTemporalMetrics(): Promise<TemporalMetrics> {
  const bindAddress = `127.0.0.1:${await freePort()}`;
  return {
    telemetry: {
      metrics: {
        prometheus: {
          bindAddress,
          countersTotalSuffix: true,
          unitSuffix: true,
          useSecondsForDurations: true,
        },
      },
    },
    read: async () => {
      const { body } = await request(`http://${bindAddress}/metrics`, {
        headersTimeout: patience,
        bodyTimeout: patience,
      });
      return body.text();
    },
  };
}

/** The library cannot say which port it was given, so that it must be one that is free by now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo; // no pipe: it listens on a port
  probe.close();
  await once(probe, 'close');
  return port;
}
