import { z } from 'zod';
import { defineRoute, type Route } from '../http/route.js';

const token = z
  .strictObject({
    token: z.string().meta({
      description: 'To be sent as the user name of HTTP Basic authentication, with an empty password.',
    }),
  })
  .meta({
    id: 'Token',
    examples: [{ token: 'eyJhbGciOiJIUzUxMiJ9.eyJpZCI6MX0.c2lnbmF0dXJl' }],
  });

const getToken = defineRoute({
  name: 'getToken',
  method: 'GET',
  path: '/token',
  summary: 'A token for a user name and a password, good for an hour',
  auth: 'password',
  responses: { 200: { description: 'A token.', schema: token } },
  handler: ({ user, deps }) => ({ status: 200, body: { token: deps.tokens.issue(user) } }),
});

/** Where tokens are given out. */
export const tokenRoutes: readonly Route[] = [getToken];
