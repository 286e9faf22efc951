import type { Client } from '@temporalio/client';

/** A supervisor waits no longer either. Milliseconds. */
const patience = 1_000;

/** Rejects unless Temporal answers. */
export async function probeTemporal(client: Client): Promise<void> {
  await client.connection.withDeadline(Date.now() + patience, () => client.workflowService.getSystemInfo({}));
}
