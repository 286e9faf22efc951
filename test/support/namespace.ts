import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { eventually } from './eventually.js';
import { testTemporal } from './servers.js';

const run = promisify(execFile);

/** A namespace of the run's Temporal server. */
export interface TestNamespace {
  /** `host:port` for clients. */
  readonly address: string;
  readonly namespace: string;
  /** Runs the real `temporal` command against it; returns its output. */
  temporal(...args: readonly string[]): Promise<string>;
}

/**
 * Creates a namespace for one test file, in which workflow ids are unique: edition 1 has the same workflow id
 * everywhere.
 */
export async function createTestNamespace(): Promise<TestNamespace> {
  const { address, cli } = await testTemporal();
  const namespace = `test-${randomUUID()}`;
  const temporal = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(cli, [...args, '--address', address, '--namespace', namespace]);
    return stdout;
  };
  await temporal('operator', 'namespace', 'create', '--retention', '24h');
  const connection = await Connection.connect({ address });
  try {
    // The server's parts learn of it one after the other.
    await eventually(`namespace ${namespace}`, async () => {
      await connection.workflowService.listWorkflowExecutions({ namespace });
      return true;
    });
  } finally {
    await connection.close();
  }
  return { address, namespace, temporal };
}
