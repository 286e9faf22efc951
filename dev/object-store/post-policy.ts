import { z } from 'zod';
import { S3Error } from './s3-error.js';

/** A condition on a form. Names are in lower case, without `$`. */
export type PostCondition =
  | { readonly operator: 'eq' | 'starts-with'; readonly field: string; readonly value: string }
  | { readonly operator: 'content-length-range'; readonly minimum: number; readonly maximum: number };

/** A parsed policy document. */
export type PostPolicy = {
  /** Milliseconds since the epoch. */
  readonly expiration: number;
  readonly conditions: readonly PostCondition[];
};

const size = z.union([z.int().nonnegative(), z.string().regex(/^\d+$/).transform(Number)]);

const conditionSchema = z.union([
  z.tuple([z.literal('content-length-range'), size, size]),
  z.tuple([z.enum(['eq', 'starts-with']), z.string().startsWith('$'), z.string()]),
  z.record(z.string(), z.string()),
]);

const policySchema = z.object({
  expiration: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'expiration is not a date'),
  conditions: z.array(conditionSchema),
});

/** Parses the `policy` field of a form: base64 of JSON. Throws `InvalidPolicyDocument`. */
export function parsePostPolicy(field: string): PostPolicy {
  const parsed = policySchema.safeParse(parseJson(Buffer.from(field, 'base64').toString('utf8')));
  if (!parsed.success) throw new S3Error('InvalidPolicyDocument', `Invalid Policy: ${z.prettifyError(parsed.error)}`);
  const { expiration, conditions } = parsed.data;
  return { expiration: Date.parse(expiration), conditions: conditions.flatMap(toConditions) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(new S3Error('InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.'), { cause });
  }
}

function toConditions(condition: z.output<typeof conditionSchema>): PostCondition[] {
  if (!Array.isArray(condition)) {
    return Object.entries(condition).map(([name, value]) => ({
      operator: 'eq',
      field: name.toLowerCase(),
      value,
    }));
  }
  if (condition[0] === 'content-length-range') {
    return [{ operator: condition[0], minimum: condition[1], maximum: condition[2] }];
  }
  return [{ operator: condition[0], field: condition[1].slice(1).toLowerCase(), value: condition[2] }];
}

/** Fields that need no condition (AWS: POST policy, "Condition matching"). */
const freeFields = ['awsaccesskeyid', 'file', 'policy', 'signature', 'x-amz-signature'];

/**
 * Checks a form's fields, variables expanded, and the current time. Every field needs a condition. Throws
 * `AccessDenied` with S3's text.
 */
export function checkPostPolicy(
  policy: PostPolicy,
  form: { fields: ReadonlyMap<string, string>; bucket: string; now: number },
): void {
  if (form.now > policy.expiration) throw denied('Policy expired.');
  const mentioned = new Set(freeFields);
  const valueOf = (field: string): string | undefined => (field === 'bucket' ? form.bucket : form.fields.get(field));
  for (const condition of policy.conditions) {
    if (condition.operator === 'content-length-range') continue;
    mentioned.add(condition.field);
    if (!holds(condition, valueOf(condition.field))) {
      const { operator, field, value } = condition;
      throw denied(`Policy Condition failed: ["${operator}", "$${field}", "${value}"]`);
    }
  }
  const extra = [...form.fields.keys()].filter((name) => !mentioned.has(name) && !name.startsWith('x-ignore-'));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(', ')}`);
}

function holds(
  { operator, field, value }: Exclude<PostCondition, { operator: 'content-length-range' }>,
  actual: string | undefined,
): boolean {
  if (actual === undefined) return false;
  if (operator === 'eq') return actual === value;
  // A content type with commas is a list, and each entry must match (AWS: POST policy).
  return (field === 'content-type' ? actual.split(',') : [actual]).every((entry) => entry.startsWith(value));
}

/** Checks the size of the file in bytes. Throws `EntityTooSmall` or `EntityTooLarge`. */
export function checkPostSize(policy: PostPolicy, bytes: number): void {
  for (const condition of policy.conditions) {
    if (condition.operator !== 'content-length-range') continue;
    const { minimum, maximum } = condition;
    if (bytes < minimum) {
      throw new S3Error('EntityTooSmall', undefined, {
        ProposedSize: String(bytes),
        MinSizeAllowed: String(minimum),
      });
    }
    if (bytes > maximum) {
      throw new S3Error('EntityTooLarge', undefined, {
        ProposedSize: String(bytes),
        MaxSizeAllowed: String(maximum),
      });
    }
  }
}

function denied(reason: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${reason}`);
}
