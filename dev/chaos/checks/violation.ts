import type { FinalState } from '../final-state.js';
import type { ChaosEvent } from '../history.js';

/** A promise that was broken. */
export interface Violation {
  /** The check that found it. */
  readonly check: string;
  /** For a person: what was found, and what should be. */
  readonly text: string;
}

/** All that a check looks at: what happened in the order of time, and what is there at the end. */
export interface Evidence {
  readonly events: readonly ChaosEvent[];
  readonly final: FinalState;
}

/** Looks for one kind of broken promise; a text for each that it finds. */
export type Check = (evidence: Evidence) => readonly string[];
