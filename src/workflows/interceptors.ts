import { defaultPayloadConverter, type Headers, type Payload } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { requestIdHeader } from './contract.js';

/**
 * Passes the id of the request on to the activities: that of an activity's plan, which the database stores with it;
 * else that of the newest signal, which also appears in the log lines of the run. Headers decide nothing, so replays do
 * not need them. (The bundle finds this function by its name.)
 */
export function interceptors(): WorkflowInterceptors {
  let newest: Payload | undefined;
  const note = (headers: Headers): void => {
    newest = headers[requestIdHeader] ?? newest;
  };
  const withId = (headers: Headers, id = newest): Headers =>
    id === undefined ? headers : { ...headers, [requestIdHeader]: id };
  return {
    inbound: [
      {
        execute: (input, next) => {
          note(input.headers);
          return next(input);
        },
        handleSignal: (input, next) => {
          note(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next({ ...input, headers: withId(input.headers, plannedFor(input.args)) }),
        continueAsNew: (input, next) => next({ ...input, headers: withId(input.headers) }),
        getLogAttributes: (input, next) =>
          next(newest === undefined ? input : { ...input, requestId: defaultPayloadConverter.fromPayload(newest) }),
      },
    ],
  };
}

/** The request of an activity's plan, if its first argument is a plan. */
function plannedFor([plan]: readonly unknown[]): Payload | undefined {
  if (typeof plan !== 'object' || plan === null || !('requestId' in plan)) return undefined;
  return typeof plan.requestId === 'string' ? defaultPayloadConverter.toPayload(plan.requestId) : undefined;
}
