import { boundHeapGrowth } from '../../src/worker/bound-heap-growth.js';
import type { Cost } from './cost.js';
import type { EngineAnswer, EngineOrder } from './engine-orders.js';
import { createEngineSession, type EnginePrefixes, type EngineSession } from './engine-session.js';

/*
 * The copy engine in its own process: it executes its parent's orders and answers with their cost. Like a worker it
 * keeps connections between updates and collects garbage early.
 */
let session: EngineSession | undefined;
boundHeapGrowth();

async function carryOut(order: EngineOrder): Promise<Cost> {
  switch (order.kind) {
    case 'open':
      session = createEngineSession(order.options);
      return await measure(() => Promise.resolve());
    case 'learn':
      return await measure(() => opened().learn(order.source));
    case 'update':
      return await measure(() => opened().update(order.prefixes, order.headers));
    case 'copy for':
      return await measure(() => copyFor(order.seconds, order.prefixes));
    default:
      throw new Error(`Unknown order: ${JSON.stringify(order satisfies never)}`);
  }
}

function opened(): EngineSession {
  if (session === undefined) throw new Error('Nothing is open yet');
  return session;
}

async function copyFor(seconds: number, { source, destination }: EnginePrefixes): Promise<void> {
  const signal = AbortSignal.timeout(seconds * 1_000);
  for (let round = 1; !signal.aborted; round += 1) {
    const prefixes = { source, destination: `${destination}${round}/` };
    await opened()
      .copy(prefixes, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  }
}

async function measure(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const peakRss = process.resourceUsage().maxRSS * 1_024; // told in KiB
  return { seconds, cpuSeconds: (user + system) / 1_000_000, peakRss };
}

function answer(what: EngineAnswer): void {
  process.send?.(what);
}

process.on('message', (order: EngineOrder) => {
  carryOut(order).then(
    (cost) => {
      answer({ cost });
    },
    (error: unknown) => {
      answer({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});
process.once('disconnect', () => {
  process.exit();
});
