import {
  Client,
  Connection,
  type ConnectionOptions,
  defaultGrpcRetryOptions,
  type GrpcRetryOptions,
  makeGrpcRetryInterceptor,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { type DataConverter, defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { currentRequestId } from '../../observability/request-context.js';
import { requestIdHeader } from '../../workflows/contract.js';

/** A client of Temporal and how to end it. */
export interface TemporalClient {
  readonly client: Client;
  close(): Promise<void>;
}

/**
 * A client that connects when it is first used and rides out a server that is down: a service must start, and accept
 * requests, without Temporal. `dataConverter` must be that of the workers. Whatever it starts or
 * signals is told for which request, and by `interceptors` what else.
 */
export function createTemporalClient(
  config: ClientConnectConfig,
  dataConverter: DataConverter = {},
  interceptors: readonly WorkflowClientInterceptor[] = [],
): TemporalClient {
  const { address, tls, apiKey, metadata } = config.connectionOptions;
  let closed = false;
  const connection = Connection.lazy({
    interceptors: [retryUntilClosed(() => closed)],
    ...(address === undefined ? {} : { address }),
    ...(tls === undefined ? {} : { tls }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(metadata === undefined ? {} : { metadata }),
    // gRPC's own pause grows to two minutes: a server that is back would stay unknown for as long.
    channelArgs: { 'grpc.initial_reconnect_backoff_ms': 200, 'grpc.max_reconnect_backoff_ms': 5_000 },
  });
  const namespace = config.namespace ?? 'default';
  return {
    client: new Client({
      connection,
      namespace,
      dataConverter,
      interceptors: { workflow: [sendRequestId, ...interceptors] },
    }),
    close: () => {
      closed = true;
      return connection.close();
    },
  };
}

/** A supervisor waits no longer either. Milliseconds. */
const patience = 1_000;

/** Rejects unless Temporal answers. */
export async function probeTemporal(client: Client): Promise<void> {
  await client.connection.withDeadline(Date.now() + patience, () => client.workflowService.getSystemInfo({}));
}

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Parameters<Interceptor>[1]>;

/**
 * The client's own retries, until its connection is closed. They run from timers, which closing does not stop: on a
 * closed connection such a call throws where nobody can catch it, and that ends the process.
 */
function retryUntilClosed(isClosed: () => boolean, options: GrpcRetryOptions = defaultGrpcRetryOptions()): Interceptor {
  const retry = makeGrpcRetryInterceptor(options);
  return (callOptions, nextCall) => {
    let attempts = 0;
    return retry(callOptions, (attemptOptions) => {
      attempts += 1;
      return attempts > 1 && isClosed() ? nothing : nextCall(attemptOptions);
    });
  };
}

/** In the place of a call that nobody waits for any more: it never answers. */
const nothing: Call = {
  start: () => undefined,
  sendMessage: () => undefined,
  sendMessageWithContext: () => undefined,
  startRead: () => undefined,
  halfClose: () => undefined,
  cancelWithStatus: () => undefined,
  getPeer: () => '',
  getAuthContext: () => null,
};

/**
 * Gives the id of the request to whatever is started or woken for it, in a header: that is no part of what a run
 * decides by.
 */
const sendRequestId: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next({ ...input, headers: withId(input.headers) }),
  signalWithStart: (input, next) => next({ ...input, headers: withId(input.headers) }),
};

function withId(headers: Headers): Headers {
  const requestId = currentRequestId();
  if (requestId === undefined) return headers;
  return { ...headers, [requestIdHeader]: defaultPayloadConverter.toPayload(requestId) };
}
