import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { withRequestId } from '../observability/request-context.js';
import { requestIdHeader } from '../workflows/contract.js';

/** Runs each activity for the request whose id its headers have, and adds the id to the lines that the SDK logs of it. */
export const receiveRequestId: ActivityInterceptorsFactory = () => {
  let requestId: string | undefined;
  return {
    inbound: {
      execute: (input, next) => {
        const payload = input.headers[requestIdHeader];
        const id = payload === undefined ? undefined : defaultPayloadConverter.fromPayload<unknown>(payload);
        if (typeof id !== 'string') return next(input);
        requestId = id;
        return withRequestId(id, () => next(input));
      },
    },
    outbound: {
      getLogAttributes: (input, next) => next(requestId === undefined ? input : { ...input, requestId }),
    },
  };
};
