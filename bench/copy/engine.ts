import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { StackAccess } from '../../dev/client/stack-access.js';
import { buildRoot } from '../../scripts/paths.js';
import { type Contestant, steps } from './contestant.js';
import type { Cost } from './cost.js';
import type { EngineAnswer, EngineOrder } from './engine-orders.js';

/** The copy engine in its own process. */
export interface EngineProcess {
  carryOut(order: EngineOrder): Promise<Cost>;
  stop(): void;
}

/** Starts the engine for a stack's store. */
export async function startEngine(
  { store, bucket }: Pick<StackAccess, 'store' | 'bucket'>,
  concurrency: number,
): Promise<EngineProcess> {
  const child = fork(join(buildRoot, 'bench', 'copy', 'engine-process.js'), {
    execArgv: ['--no-warnings'], // the AWS SDK's, of Node versions
    env: { PATH: process.env['PATH'], AWS_EC2_METADATA_DISABLED: 'true' },
  });
  const engine: EngineProcess = {
    carryOut: (order) => ask(child, order),
    stop: () => {
      child.disconnect();
    },
  };
  await engine.carryOut({ kind: 'open', options: { store, bucket, concurrency, client: 'lean' } });
  return engine;
}

async function ask(child: ChildProcess, order: EngineOrder): Promise<Cost> {
  const answer = await new Promise<EngineAnswer>((resolve) => {
    const onExit = (): void => {
      resolve({ failed: 'its process ended' });
    };
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as EngineAnswer); // our own program's
    });
    child.send(order);
  });
  if ('failed' in answer) throw new Error(`The engine could not "${order.kind}": ${answer.failed}`);
  return answer.cost;
}

/** Creates two contestants: the engine with recorded manifests, and the engine that records them first. */
export function createEngineContestants(engine: EngineProcess): readonly Contestant[] {
  return [
    {
      name: 'known',
      steps,
      prepare: async (update) => {
        await engine.carryOut({ kind: 'learn', source: update.source });
        return update;
      },
      publish: (prefixes) => engine.carryOut({ kind: 'update', prefixes, headers: 'known' }),
    },
    {
      name: 'learning',
      steps: ['fresh', 'release'],
      publish: (prefixes) => engine.carryOut({ kind: 'update', prefixes, headers: 'to learn' }),
    },
  ];
}
