import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { z } from 'zod';
import { LtdError } from '../domain/errors.js';

/** As the Web UI and the `temporal` command send payloads, and expect them back: bytes in base64. */
const jsonPayload = z.object({
  metadata: z.record(z.string(), z.string()).default({}),
  data: z.string().default(''),
});
const jsonPayloads = z.object({ payloads: z.array(jsonPayload) });

/** A message of gRPC is no longer. Bytes. */
const maxBody = 4 * 1024 ** 2;

/** What the server works with. */
export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** The Web UI's origin, whose pages may read the answers; null: no page may. */
  readonly allowedOrigin: string | null;
}

/**
 * Lets the Web UI and the `temporal` command show what is encrypted, by Temporal's protocol of remote codecs: `POST
 * /decode` and `/encode`. It decrypts for whoever reaches it: keep it to those who may see everything.
 */
export function createCodecServer({ codec, allowedOrigin }: CodecServerOptions): Server {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(allowedOrigin === null ? {} : crossOrigin(allowedOrigin)),
  };
  return createServer((request, response) => {
    void answer(codec, request).then(({ status, body }) => {
      response.writeHead(status, headers).end(JSON.stringify(body));
    });
  });
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Pages of this origin may send payloads and read the answers. */
function crossOrigin(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-allow-headers': 'content-type, x-namespace',
    vary: 'origin',
  };
}

async function answer(codec: PayloadCodec, request: IncomingMessage): Promise<Answer> {
  if (request.method === 'OPTIONS') return { status: 200, body: {} };
  if (request.method !== 'POST' || (request.url !== '/decode' && request.url !== '/encode'))
    return refusal(404, 'Send payloads by POST to /decode or /encode.');
  try {
    const { payloads } = jsonPayloads.parse(JSON.parse(await bodyOf(request)));
    const work = request.url === '/decode' ? codec.decode.bind(codec) : codec.encode.bind(codec);
    return { status: 200, body: { payloads: (await work(payloads.map(fromJson))).map(toJson) } };
  } catch (error) {
    return refusal(400, error instanceof LtdError ? error.message : 'The body must be JSON: {"payloads": [...]}.');
  }
}

function refusal(status: number, message: string): Answer {
  return { status, body: { message } };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBody) throw new LtdError('payload_too_large', 'The body is larger than 4 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function fromJson({ metadata, data }: z.output<typeof jsonPayload>): Payload {
  const bytes = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(bytes), data: Buffer.from(data, 'base64') };
}

function toJson({ metadata, data }: Payload): z.output<typeof jsonPayload> {
  const texts = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)] as const);
  return { metadata: Object.fromEntries(texts), data: base64(data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
