import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { currentRequestId } from '../../observability/request-context.js';
import { requestIdHeader } from '../../workflows/contract.js';

/** Gives the id of the request to whatever is started or woken for it, in a header: that is no part of what a run decides by. */
export const sendRequestId: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next({ ...input, headers: withId(input.headers) }),
  signalWithStart: (input, next) => next({ ...input, headers: withId(input.headers) }),
};

function withId(headers: Headers): Headers {
  const requestId = currentRequestId();
  if (requestId === undefined) return headers;
  return { ...headers, [requestIdHeader]: defaultPayloadConverter.toPayload(requestId) };
}
