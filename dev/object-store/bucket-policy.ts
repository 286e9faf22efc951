import { z } from 'zod';
import { S3Error } from './s3-error.js';

const oneOrMore = z.union([z.string(), z.array(z.string())]);

const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.union([z.literal('*'), z.strictObject({ AWS: oneOrMore })]),
  Action: oneOrMore,
  Resource: oneOrMore,
});

const policySchema = z.strictObject({
  Version: z.string().optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema.transform((statement) => [statement]), z.array(statementSchema)]),
});

type Statement = z.output<typeof statementSchema>;

/**
 * Checks a bucket policy. Refuses conditions: the store does not evaluate them, and to ignore them would open the
 * bucket.
 */
export function checkPolicy(text: string): void {
  parsePolicy(text);
}

/**
 * Whether a policy allows everybody `action` (`s3:GetObject`) on `resource` (`arn:aws:s3:::bucket/key`). A denial wins.
 */
export function allowsAnybody(policy: string | undefined, action: string, resource: string): boolean {
  if (policy === undefined) return false;
  const applying = parsePolicy(policy).filter(
    (statement) =>
      isAnybody(statement.Principal) &&
      list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())) &&
      list(statement.Resource).some((pattern) => matches(pattern, resource)),
  );
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
}

/** The usual policy of a public bucket: everybody may read objects, nobody may list them. */
export function publicReadPolicy(bucket: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'PublicReadGetObject',
        Effect: 'Allow',
        Principal: '*',
        Action: 's3:GetObject',
        Resource: `arn:aws:s3:::${bucket}/*`,
      },
    ],
  });
}

function parsePolicy(text: string): readonly Statement[] {
  const parsed = policySchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.Statement;
  throw new S3Error('MalformedPolicy', `This store does not understand the policy: ${z.prettifyError(parsed.error)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(new S3Error('MalformedPolicy'), { cause });
  }
}

function isAnybody(principal: Statement['Principal']): boolean {
  return principal === '*' || list(principal.AWS).includes('*');
}

function list(value: string | string[]): string[] {
  return typeof value === 'string' ? [value] : value;
}

/** Whether text matches a pattern: `*` stands for any text, `?` for any character. */
function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su').test(text);
}
