import { z } from 'zod';

const stats = z.object({
  byOperation: z.record(z.string(), z.object({ total: z.number(), byStatus: z.record(z.string(), z.number()) })),
});

/** Requests to the store by operation, and the number of 503 answers. */
export interface RequestCounts {
  readonly byOperation: Readonly<Record<string, number>>;
  readonly refused: number;
}

/** Delays the store and reads its counts. */
export interface StoreAdmin {
  /** Delays every further request to the store. Milliseconds. */
  setLatency(latencyMs: number): Promise<void>;
  /** Sets the most copies per second; the store refuses more. Null for no limit. */
  limitCopies(perSecond: number | null): Promise<void>;
  resetCounts(): Promise<void>;
  /** The counts since the last reset. */
  counts(): Promise<RequestCounts>;
}

/** A client of the object store's fault injector. */
export function createStoreAdmin(adminUrl: string): StoreAdmin {
  const send = async (method: string, path: string, body?: object): Promise<Response> => {
    const response = await fetch(adminUrl + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  return {
    setLatency: async (latencyMs) => {
      await send('PUT', '/latency', { latencyMs });
    },
    limitCopies: async (perSecond) => {
      await send('PUT', '/limits', perSecond === null ? {} : { CopyObject: perSecond });
    },
    resetCounts: async () => {
      await send('POST', '/stats/reset');
    },
    counts: async () => countsOf(stats.parse(await (await send('GET', '/stats')).json())),
  };
}

function countsOf({ byOperation }: z.output<typeof stats>): RequestCounts {
  const entries = Object.entries(byOperation).filter(([, { total }]) => total > 0);
  return {
    byOperation: Object.fromEntries(entries.map(([name, { total }]) => [name, total])),
    refused: entries.reduce((sum, [, { byStatus }]) => sum + (byStatus['503'] ?? 0), 0),
  };
}
