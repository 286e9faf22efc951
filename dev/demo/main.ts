import { Interrupted, interruption, unlessAborted, untilAborted } from '../interruption.js';
import { stackOptions } from '../stack/options.js';
import { StackFailure, startTemporaryStack, type TemporaryStack } from '../temporary-stack.js';
import { createNarrator, type Narrator } from './narrator.js';
import { runDemo } from './run-demo.js';

/*
 * `make demo`: starts a stack of its own, publishes two versions of this documentation on it, shows what readers get,
 * stops the stack and ends with 0. With KEEP=1 the stack runs until Ctrl-C.
 */
async function main(): Promise<void> {
  // A closed pipe must not prevent the clean-up.
  process.stdout.on('error', () => undefined);
  const narrator = createNarrator(process.stdout);
  const interrupted = interruption();
  const { s3LatencyMs } = stackOptions(process.env);
  const stack = await narrator.step({
    title: 'starting a stack on free ports',
    work: () => startTemporaryStack({ s3LatencyMs }),
    describe: () => 'PostgreSQL, Temporal, the object store, the edge, the API and a worker run on free ports',
  });
  try {
    interrupted.throwIfAborted();
    await unlessAborted(interrupted, demonstrate(stack, narrator, interrupted));
    if (process.env['KEEP'] === '1') {
      narrator.say(`It runs until Ctrl-C. API user: ${userOf(stack)}`);
      await untilAborted(interrupted);
    } else {
      narrator.say('To open these yourself: KEEP=1 make demo');
    }
  } finally {
    await narrator.step({
      title: 'stopping the stack',
      work: () => stack.stop(),
      describe: () => 'The stack is stopped; nothing is left of it',
    });
  }
}

async function demonstrate(stack: TemporaryStack, narrator: Narrator, interrupted: AbortSignal): Promise<void> {
  try {
    const openings = await runDemo(stack.access, narrator);
    const lines = openings.map(({ what, url }) => `  ${what}: ${url}\n`);
    narrator.say(`\nTo open in a browser:\n${lines.join('')}`);
  } catch (error) {
    // After an interruption, failures come from the stack's stop.
    interrupted.throwIfAborted();
    throw new StackFailure(await stack.keepLogs(), error);
  }
}

function userOf({ access }: TemporaryStack): string {
  return `${access.keeper.username}, password ${access.keeper.password}`;
}

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? 130 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
