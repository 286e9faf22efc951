import { Client, Connection, type WorkflowClientInterceptor } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { retryUntilClosed } from './retry-until-closed.js';
import { sendRequestId } from './send-request-id.js';

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
