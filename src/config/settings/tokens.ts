import { z } from 'zod';
import { Secret } from '../secret.js';
import { text, type ValuesOf } from '../setting.js';

/** A single key of any form, or a JSON list of keys. A single key never looks like such a list. */
const secretKeys = text.transform((value, context): readonly Secret[] => {
  const single = value.trim();
  const keys: unknown = /^\[\s*".*"\s*\]$/s.test(single) ? jsonOf(single) : [single];
  const known = z.array(z.string().regex(/\S/)).safeParse(single === '' ? [] : keys);
  if (!known.success) context.addIssue('must be one key, or a list of keys in JSON: ["new key","old key"]');
  return (known.data ?? []).map((key) => new Secret(key));
});

/** Settings of the tokens of the API. */
export const tokenSettings = {
  LTD_KEEPER_SECRET_KEY: {
    parser: secretKeys.default([]),
    usedBy: ['api'],
    requiredBy: ['api'],
    secret: true,
    meaning:
      'Signs the tokens: a long random string (`openssl rand -hex 32`), the same in every API process, at least ' +
      '16 bytes in production. A JSON list, `["new","old"]`, holds several keys: the first signs, all verify ' +
      '([security.md](security.md#keys-that-sign-tokens)).',
  },
} as const;

/** Keys of the tokens' signatures: the first signs, all verify. Empty where a program uses no tokens. */
export function tokenConfig(set: ValuesOf<typeof tokenSettings>) {
  return { secretKeys: set.LTD_KEEPER_SECRET_KEY };
}

/** The fewest bytes of a key in production. The check cannot judge whether they are random. */
const minKeyBytes = 16;

/** Why the API cannot sign with the keys in the environment. */
export function keyProblems(value: string | undefined, isProduction: boolean): string[] {
  const { data: keys } = tokenSettings.LTD_KEEPER_SECRET_KEY.parser.safeParse(value);
  const advice = 'give a long random string (openssl rand -hex 32), it signs the tokens';
  if (keys?.length === 0) return [`LTD_KEEPER_SECRET_KEY is not set: ${advice}`];
  const isShort = keys?.some((key) => Buffer.byteLength(key.reveal()) < minKeyBytes) ?? false;
  return isProduction && isShort
    ? [`LTD_KEEPER_SECRET_KEY holds a key of less than ${minKeyBytes} bytes: ${advice}`]
    : [];
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
