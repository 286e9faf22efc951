import { z } from 'zod';
import { OPERATIONS } from './operation.js';

const count = z.int().nonnegative();

/** What happens to a request that a rule picks. */
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
  /** Cuts the connection: before the work, after it and before the answer, or in the middle of the answer's body. */
  z.strictObject({ kind: z.literal('reset'), when: z.enum(['before-work', 'after-work', 'mid-body']) }),
  /**
   * Answers 200 with an error inside, and does not do the work: `<Error>` as the whole body of CopyObject,
   * UploadPartCopy and CompleteMultipartUpload, one `<Error>` for each key that the rule matches in DeleteObjects.
   */
  z.strictObject({ kind: z.literal('errorIn200'), code: z.string().min(1).default('InternalError') }),
  /** Ends a listing's page after `keys` entries, with a correct IsTruncated and token. */
  z.strictObject({ kind: z.literal('truncateList'), keys: z.int().positive().default(1) }),
  /** Answers the first page again in place of a later one. */
  z.strictObject({ kind: z.literal('repeatPage') }),
  /** Never answers. */
  z.strictObject({ kind: z.literal('hang') }),
  /** Waits until the rule is removed, then serves the request. */
  z.strictObject({ kind: z.literal('hold') }),
]);

/** Which requests a rule picks; what is left out matches everything. */
const faultMatchSchema = z.strictObject({
  method: z.string().optional(),
  operation: z.enum(OPERATIONS).optional(),
  bucket: z.string().optional(),
  /**
   * A regular expression that the key must match somewhere. DeleteObjects and PostObject name their keys in the body,
   * which is not read yet: the former is picked whatever its keys (and `errorIn200` then hits those that match), the
   * latter never is.
   */
  keyPattern: z.string().refine(isRegularExpression, 'keyPattern is not a regular expression').optional(),
});

/** A rule of the fault injector. */
export const faultRuleSchema = z.strictObject({
  id: z.string().min(1),
  match: faultMatchSchema.default({}),
  action: faultActionSchema,
  /** Applies at most so many times. */
  times: count.optional(),
  /** Lets so many matching requests pass first. */
  after: count.optional(),
  /** Applies to this share of the matching requests, 0 to 1, drawn from the store's seeded generator. */
  probability: z.number().min(0).max(1).optional(),
});

/** What happens to a request that a rule picks. */
export type FaultAction = z.output<typeof faultActionSchema>;
/** Which requests a rule picks. */
export type FaultMatch = z.output<typeof faultMatchSchema>;
/** A rule with its defaults filled in. */
export type FaultRule = z.output<typeof faultRuleSchema>;
/** A rule as it is given. */
export type FaultRuleInput = z.input<typeof faultRuleSchema>;

/** Faults that change what an operation answers; the operation itself carries them out. */
export type InjectedAnswer = {
  readonly errorIn200?: { readonly code: string; readonly hitsKey: (key: string) => boolean };
  /** Most entries of a listing's page. */
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
