import type { Cost } from './cost.js';
import type { EnginePrefixes, EngineSessionOptions } from './engine-session.js';

/** A request to the engine's process. */
export type EngineOrder =
  /** The first order: opens the session for all others. */
  | { readonly kind: 'open'; readonly options: EngineSessionOptions }
  /** Records a build's manifest, as during its upload. */
  | { readonly kind: 'learn'; readonly source: string }
  /** Makes the destination equal to the source: copies, deletes and verifies. */
  | { readonly kind: 'update'; readonly prefixes: EnginePrefixes; readonly headers: 'known' | 'to learn' }
  /** Copies the source to new prefixes below the destination, until the time is over. */
  | { readonly kind: 'copy for'; readonly seconds: number; readonly prefixes: EnginePrefixes };

/** The answer of the engine's process. */
export type EngineAnswer = { readonly cost: Cost } | { readonly failed: string };
