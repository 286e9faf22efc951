import type { ChaosStack } from '../chaos-stack.js';
import type { AppliedFault } from './fault.js';

/** What an operator types: at once, and to undo it at the end. */
export interface Verb {
  readonly begin: readonly string[];
  readonly end?: readonly string[];
}

/**
 * Types a verb, with what it is `about` after it.
 *
 * @throws {Error} with what the command said when the server refuses: that is for the operator to see.
 */
export async function typeVerb(
  { command }: Pick<ChaosStack, 'command'>,
  { begin, end }: Verb,
  about: readonly string[] = [],
): Promise<AppliedFault> {
  const detail = about.filter((each) => !each.startsWith('--')).join(' ') || 'done';
  try {
    await command(...begin, ...about);
  } catch (error) {
    throw new Error(`${detail} refused: ${reasonOf(error)}`, { cause: error });
  }
  return end === undefined ? { detail } : { detail, end: () => undo(command, [...end, ...about]) };
}

/** A run that ended meanwhile, or an activity that is no longer there, needs no undoing. */
async function undo(command: ChaosStack['command'], args: readonly string[]): Promise<void> {
  await command(...args).catch((error: unknown) => {
    const reason = reasonOf(error);
    if (!/not found|already completed|no pending|not running|not paused|find pending activity/i.test(reason))
      throw new Error(reason, { cause: error });
  });
}

/** What the command said on its standard error. */
function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  return said.trim().replaceAll(/\s+/g, ' ').slice(0, 300);
}
