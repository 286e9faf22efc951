import { type Client, isGrpcServiceError } from '@temporalio/client';
import { bounded } from './bounded.js';

/** What the server says of itself and of a namespace. */
export interface NamespaceFacts {
  readonly serverVersion: string;
  /** For how long a run that has ended can be looked at, in hours. */
  readonly retentionHours: number;
}

/** A person waits for the answer. Milliseconds. */
const patience = 5_000;

/** gRPC: NOT_FOUND. */
const notFound: ReadonlySet<number> = new Set([5]);

/**
 * Looks at the server and its namespace; null where it has no such namespace.
 *
 * @throws {LtdError} `unavailable` when Temporal does not answer in time; gRPC's own error when it refuses.
 */
export async function inspectNamespace(client: Client, namespace: string): Promise<NamespaceFacts | null> {
  const { workflowService } = client;
  const { serverVersion } = await bounded(patience, () => workflowService.getSystemInfo({}));
  try {
    const { config } = await bounded(patience, () => workflowService.describeNamespace({ namespace }));
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    return { serverVersion, retentionHours: seconds / 3_600 };
  } catch (error) {
    if (isGrpcServiceError(error) && notFound.has(error.code)) return null;
    throw error;
  }
}
