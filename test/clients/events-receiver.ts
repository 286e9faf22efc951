import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import { text } from 'node:stream/consumers';
import { z } from 'zod';

/**
 * A stand-in for LTD Events 0.1.0, the receiver of the webhook, that is as strict. The original sends accepted events
 * to Kafka.
 */
export interface EventsReceiver {
  /** The address for events. */
  readonly url: string;
  /** The accepted events, in order. */
  readonly taken: readonly LtdEvent[];
  /** The reasons of its 400 answers. */
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

/** An event as LTD Events reads it. */
export type LtdEvent = z.output<typeof editionUpdated>;

/**
 * pydantic 1's `HttpUrl`: http or https, at most 2083 characters, and a host that is an address or has a top-level
 * domain.
 */
const httpUrl = z
  .string()
  .max(2_083)
  .refine((value) => /^https?:\/\/\S+$/.test(value) && hasHost(value));

function hasHost(url: string): boolean {
  const { hostname } = URL.canParse(url) ? new URL(url) : { hostname: '' };
  return isIP(hostname.replace(/^\[|\]$/g, '')) !== 0 || /[^.]\.[a-z][a-z0-9-]*[a-z0-9]\.?$/i.test(hostname);
}

/** pydantic 1's `datetime` from a text, which refuses a date alone. */
const datetime = z
  .string()
  .regex(
    /^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,6}\d{0,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?$/,
    'invalid datetime format',
  )
  .refine((value) => !Number.isNaN(Date.parse(value.replace(' ', 'T'))));

const product = z.object({ url: httpUrl, published_url: httpUrl, title: z.string(), slug: z.string() });

const editionUpdated = z.object({
  event_type: z.literal('edition.updated'),
  event_timestamp: datetime,
  edition: product.extend({ build_url: httpUrl }),
  product,
});

/** Starts it on a free port, with the path prefix of its deployment. */
export async function startEventsReceiver(): Promise<EventsReceiver> {
  const taken: LtdEvent[] = [];
  const refusals: string[] = [];
  const server = createServer((message, response) => {
    void (async () => {
      if (message.url !== '/ltdevents/webhook') return response.writeHead(404).end();
      if (message.method !== 'POST') return response.writeHead(405).end();
      const parsed = parseEvent(await text(message));
      if (parsed.success) {
        taken.push(parsed.data);
        return response.writeHead(200).end();
      }
      refusals.push(parsed.error.message);
      const body = JSON.stringify({ error: parsed.error.message });
      return response.writeHead(400, { 'Content-Type': 'application/json' }).end(body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP port, not a pipe
  return {
    url: `http://127.0.0.1:${port}/ltdevents/webhook`,
    taken,
    refusals,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function parseEvent(body: string): z.ZodSafeParseResult<LtdEvent> {
  return editionUpdated.safeParse(JSON.parse(body));
}
