import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { withRequestId } from '../observability/request-context.js';
import { requestIdHeader } from '../workflows/contract.js';

/** Runs each activity for the request whose id its headers have. */
export const receiveRequestId: ActivityInterceptorsFactory = () => ({
  inbound: {
    execute: (input, next) => {
      const payload = input.headers[requestIdHeader];
      const id = payload === undefined ? undefined : defaultPayloadConverter.fromPayload<unknown>(payload);
      return typeof id === 'string' ? withRequestId(id, () => next(input)) : next(input);
    },
  },
});
