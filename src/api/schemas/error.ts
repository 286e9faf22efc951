import { z } from 'zod';
import type { LtdError } from '../../domain/errors.js';
import { errorReply } from '../http/errors.js';
import type { RouteResponse } from '../http/route.js';
import { exampleBaseUrl } from './examples.js';

/** The body of every failure. */
export const errorBody = z
  .strictObject({
    status: z.int().meta({ description: 'The HTTP status again.' }),
    error: z.string().meta({ description: 'The kind of failure, in a few words that do not change.' }),
    message: z.string().meta({ description: 'What was wrong, and what to do about it.' }),
    queue_url: z.url().optional().meta({ description: 'With a 409 for a pending rebuild: the task that is running.' }),
  })
  .meta({ id: 'Error' });

/** A failure that a route declares beside those that come with its checks, with an example of it. */
export function errorResponse(description: string, error: LtdError): RouteResponse & { schema: typeof errorBody } {
  return { description, schema: errorBody, example: errorReply(error, exampleBaseUrl).body };
}
