import type { S3ClientOptions } from '../../src/integrations/object-store/s3-client.js';
import type { Cost } from './cost.js';

/** What the engine's process is asked for. */
export type EngineOrder =
  | {
      readonly kind: 'open';
      readonly store: S3ClientOptions;
      readonly bucket: string;
      readonly concurrency: number;
    }
  /** Makes the destination show the source: copy, removal and verification. */
  | {
      readonly kind: 'update';
      readonly headers: 'known' | 'to learn';
      readonly source: string;
      readonly destination: string;
    }
  /** Learns the headers of a build, as is done while it is uploaded. */
  | { readonly kind: 'learn'; readonly source: string }
  /** Copies the source to one new prefix after the other, until the time is over. */
  | {
      readonly kind: 'copy for';
      readonly seconds: number;
      readonly source: string;
      readonly destination: string;
    };

/** What it answers, by the kind of the order. */
export type EngineAnswer = { readonly cost: Cost } | { readonly failed: string };
