import type { Cost } from './cost.js';
import type { EnginePrefixes, EngineSessionOptions } from './engine-session.js';

/** What the engine's process is asked for. */
export type EngineOrder =
  /** The first one: all others need what it opens. */
  | { readonly kind: 'open'; readonly options: EngineSessionOptions }
  /** Recording the headers of a build, as is done while it is uploaded. */
  | { readonly kind: 'learn'; readonly source: string }
  /** Makes the destination show the source: copy, removal and verification. */
  | { readonly kind: 'update'; readonly prefixes: EnginePrefixes; readonly headers: 'known' | 'to learn' }
  /** Copies the source to one new prefix below the destination after the other, until the time is over. */
  | { readonly kind: 'copy for'; readonly seconds: number; readonly prefixes: EnginePrefixes };

/** What it answers. */
export type EngineAnswer = { readonly cost: Cost } | { readonly failed: string };
