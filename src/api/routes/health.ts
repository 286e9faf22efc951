import { z } from 'zod';
import { defineRoute, type Route } from '../http/route.js';
import { readiness } from '../readiness.js';
import { errorBody } from '../schemas/error.js';
import { errorReply } from '../http/errors.js';
import { LtdError } from '../../domain/errors.js';

const alive = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health', examples: [{ status: 'ok' }] });

const checks = z
  .record(z.string(), z.string())
  .meta({ description: 'What the service needs: `ok`, or why it cannot be used.' });

const ready = z.strictObject({ status: z.literal('ok'), checks }).meta({
  id: 'Ready',
  examples: [{ status: 'ok', checks: { database: 'ok', temporal: 'ok' } }],
});

const notReady = errorBody.extend({ checks }).meta({
  id: 'NotReady',
  examples: [
    {
      ...errorReply(new LtdError('unavailable', 'temporal: does not answer within 1000 ms'), '').body,
      checks: { database: 'ok', temporal: 'does not answer within 1000 ms' },
    },
  ],
});

const readyQuery = z.object({
  exclude: z
    .literal('temporal', "can only be 'temporal': without the others no request can be answered")
    .optional()
    .meta({
      description:
        'Leaves this check out. Requests are accepted without Temporal, so a balancer need not turn away from a ' +
        'service that lacks it.',
      examples: ['temporal'],
    }),
});

const getHealth = defineRoute({
  name: 'getHealth',
  method: 'GET',
  path: '/healthz',
  summary: 'Whether the process answers at all',
  auth: 'anonymous',
  responses: { 200: { description: 'It does.', schema: alive } },
  handler: () => ({ status: 200, body: { status: 'ok' } }),
});

const getReadiness = defineRoute({
  name: 'getReadiness',
  method: 'GET',
  path: '/readyz',
  summary: 'Whether requests should be sent here',
  auth: 'anonymous',
  query: readyQuery,
  responses: {
    200: { description: 'Everything that the service needs can be used.', schema: ready },
    503: {
      description: 'Something cannot; `checks` says what and why.',
      schema: notReady,
      headers: { 'Retry-After': 'Seconds after which to ask again.' },
    },
  },
  handler: async ({ deps, query, baseUrl }) => {
    const found = await readiness(deps, query.exclude);
    if (found.reason === undefined) return { status: 200, body: { status: 'ok', checks: found.checks } };
    const { headers, body } = errorReply(new LtdError('unavailable', found.reason), baseUrl);
    return { status: 503, headers, body: { ...body, checks: found.checks } };
  },
});

/** Where a supervisor looks. */
export const healthRoutes: readonly Route[] = [getHealth, getReadiness];
