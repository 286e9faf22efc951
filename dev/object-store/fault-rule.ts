import { z } from 'zod';
import { operations } from './operation.js';

const count = z.int().nonnegative();

const faultActionSchema = z.discriminatedUnion('kind', [
  /** Waits, then serves the request. */
  z.strictObject({ kind: z.literal('delay'), delayMs: z.number().nonnegative() }),
  /** Answers with an error instead of doing the work. */
  z.strictObject({
    kind: z.literal('error'),
    status: z.int().min(400).max(599),
    code: z.string().min(1),
    message: z.string().optional(),
  }),
  /** Cuts the connection: before the work, between work and answer, or in the middle of the answer's body. */
  z.strictObject({ kind: z.literal('reset'), when: z.enum(['before-work', 'after-work', 'mid-body']) }),
  /**
   * Answers 200 with an error inside, without the work: `<Error>` as the whole body of CopyObject, UploadPartCopy and
   * CompleteMultipartUpload, one `<Error>` for each matching key in DeleteObjects.
   */
  z.strictObject({ kind: z.literal('errorIn200'), code: z.string().min(1).default('InternalError') }),
  /** Ends a listing's page after `keys` entries, with a correct IsTruncated and token. */
  z.strictObject({ kind: z.literal('truncateList'), keys: z.int().positive().default(1) }),
  /** Returns the first page again instead of a later one. */
  z.strictObject({ kind: z.literal('repeatPage') }),
  /** Never answers. */
  z.strictObject({ kind: z.literal('hang') }),
  /** Waits until the rule is removed, then serves the request. */
  z.strictObject({ kind: z.literal('hold') }),
]);

const faultMatchSchema = z.strictObject({
  method: z.string().optional(),
  operation: z.enum(operations).optional(),
  bucket: z.string().optional(),
  /**
   * A regular expression that matches a part of the key. DeleteObjects and PostObject name their keys in the body,
   * which comes too late: a rule matches DeleteObjects with any keys (`errorIn200` then affects matching keys only) and
   * never matches PostObject.
   */
  keyPattern: z.string().refine(isRegularExpression, 'keyPattern is not a regular expression').optional(),
});

/** A rule of the fault injector. */
export const faultRuleSchema = z.strictObject({
  id: z.string().min(1),
  match: faultMatchSchema.default({}),
  action: faultActionSchema,
  /** Applies at most this many times. */
  times: count.optional(),
  /** Skips this many matching requests first. */
  after: count.optional(),
  /** Applies to this share of the matching requests, 0 to 1, by the store's seeded generator. */
  probability: z.number().min(0).max(1).optional(),
});

/** The fault of a rule. */
export type FaultAction = z.output<typeof faultActionSchema>;
/** The requests that a rule applies to. A missing property matches every request. */
export type FaultMatch = z.output<typeof faultMatchSchema>;
/** A rule with its defaults filled in. */
export type FaultRule = z.output<typeof faultRuleSchema>;
/** A rule before its defaults are set. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;

/** Faults that change an operation's answer. The operation applies them. */
export type InjectedAnswer = {
  readonly errorIn200?: { readonly code: string; readonly hitsKey: (key: string) => boolean };
  /** The most entries of a listing's page. */
  readonly truncateList?: number;
  readonly repeatPage?: true;
};

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
