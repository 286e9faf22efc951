import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { taskQueues } from '../../src/workflows/contract.js';
import { poll } from '../poll.js';

/** The time of a first start on a busy machine. Milliseconds. */
const timeoutMs = 60_000;

/** Waits until a process of the API is ready. */
export async function untilApiReady(port: number, logFile: string, signal: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${port}/readyz`;
  const look = async (): Promise<boolean> => {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    const text = await answer.text();
    if (answer.ok) return true;
    throw new Error(`it says ${answer.status}: ${text.slice(0, 500)}`);
  };
  await poll(look, {
    what: `the API to be ready (log: ${logFile})`,
    timeout: timeoutMs,
    signal,
  });
}

/** Waits until a worker polls Temporal. */
export async function untilWorkerPolls(port: number, folder: string, signal: AbortSignal): Promise<void> {
  const connection = Connection.lazy({ address: `127.0.0.1:${port}` });
  const look = async (): Promise<boolean> => {
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: taskQueues.keeper },
    });
    return pollers.length > 0;
  };
  try {
    await poll(look, {
      what: `the worker to ask for work (log: ${join(folder, 'logs', 'worker.log')})`,
      timeout: timeoutMs,
      signal,
    });
  } finally {
    await connection.close();
  }
}
