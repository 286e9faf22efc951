import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { z } from 'zod';
import { faultRuleSchema } from './fault-rule.js';
import { operations } from './operation.js';
import { operationClasses } from './rate-limiter.js';
import type { StoreFaults } from './store-faults.js';

const ruleInput = faultRuleSchema.partial({ id: true });
const latencyInput = z.strictObject({ latencyMs: z.number().nonnegative() });
const clockInput = z.strictObject({ offsetMs: z.number() });
const limitsInput = z.partialRecord(z.enum([...operations, ...operationClasses]), z.number().positive());

type AdminReply = { readonly status: number; readonly body?: unknown };
type AdminRequest = { readonly path: string; readonly query: URLSearchParams; readonly body: unknown };
type AdminRoute = (faults: StoreFaults, request: AdminRequest) => AdminReply;

const routes: Readonly<Record<string, AdminRoute>> = {
  'GET /rules': (faults) => ({ status: 200, body: faults.rules() }),
  'POST /rules': (faults, { body }) => ({ status: 201, body: faults.addRule(ruleInput.parse(body)) }),
  'PUT /rules': (faults, { body }) => {
    const rules = z.array(ruleInput).parse(body);
    faults.clearRules();
    return { status: 200, body: rules.map((rule) => faults.addRule(rule)) };
  },
  'DELETE /rules': (faults) => {
    faults.clearRules();
    return { status: 204 };
  },
  'GET /stats': (faults) => ({ status: 200, body: faults.stats() }),
  'POST /stats/reset': (faults) => {
    faults.resetStats();
    return { status: 204 };
  },
  'GET /latency': (faults) => ({ status: 200, body: { latencyMs: faults.latencyMs() } }),
  'PUT /latency': (faults, { body }) => {
    faults.setLatency(latencyInput.parse(body).latencyMs);
    return { status: 204 };
  },
  'GET /clock': (faults) => ({ status: 200, body: { offsetMs: faults.clockOffsetMs() } }),
  'PUT /clock': (faults, { body }) => {
    faults.setClockOffset(clockInput.parse(body).offsetMs);
    return { status: 204 };
  },
  'GET /limits': (faults) => ({ status: 200, body: faults.rateLimits() }),
  'PUT /limits': (faults, { body }) => {
    faults.setRateLimits(limitsInput.parse(body));
    return { status: 204 };
  },
  'GET /log': (faults, { query }) => {
    const since = z.coerce
      .number()
      .int()
      .nonnegative()
      .parse(query.get('since') ?? 0);
    return { status: 200, body: faults.log(since) };
  },
  'POST /reset': (faults) => {
    faults.reset();
    return { status: 204 };
  },
};

/** Serves the fault injector as JSON over HTTP. Bad input gets 400 with `{"error": …}`. */
export function createAdminListener(faults: StoreFaults): RequestListener {
  return (message, response) => {
    answer(faults, message).then(
      (reply) => {
        send(response, reply);
      },
      (error: unknown) => {
        send(response, { status: 400, body: { error: describe(error) } });
      },
    );
  };
}

async function answer(faults: StoreFaults, message: IncomingMessage): Promise<AdminReply> {
  const url = new URL(message.url ?? '/', 'http://admin.invalid');
  const rule = /^\/rules\/(.+)$/.exec(url.pathname)?.[1];
  if (message.method === 'DELETE' && rule !== undefined) {
    const isRemoved = faults.removeRule(decodeURIComponent(rule));
    return isRemoved ? { status: 204 } : { status: 404, body: { error: `There is no rule ${rule}.` } };
  }
  const route = routes[`${message.method ?? 'GET'} ${url.pathname}`];
  if (route === undefined) {
    return {
      status: 404,
      body: { error: `There is no such resource. There are: ${Object.keys(routes).join(', ')}.` },
    };
  }
  return route(faults, { path: url.pathname, query: url.searchParams, body: await readJson(message) });
}

async function readJson(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, { status, body }: AdminReply): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = status === 204 ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, headers).end(text);
}

function describe(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
