import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/secret.js';

/** Signs and reads tokens. */
export interface TokenSigner {
  /** Returns a token that is valid for {@link tokenLifetime}. It fits a header and has no colon. */
  issue(subject: TokenSubject): string;
  /** Returns the claims of a token; undefined if no key signed it or it has expired. */
  read(token: string): TokenClaims | undefined;
}

/** The user of a token. */
export interface TokenSubject {
  readonly id: number;
  readonly token_key: string;
}

/** The content of a token. */
export interface TokenClaims {
  readonly userId: number;
  /** {@link digestOf} the user's `token_key`. It changes with the password. */
  readonly keyDigest: string;
}

/** In seconds, as in LTD Keeper 1.x: clients use one token for a whole upload. */
export const tokenLifetime = 3600;

/** Options of {@link createTokenSigner}. */
export interface TokenSignerOptions {
  /** The first key signs, all verify. To rotate, put the new key first and remove the old one an hour later. */
  readonly keys: readonly Secret[];
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Creates a signer with HMAC-SHA-256. A token is `<claims>.<signature>`, both in base64url. */
export function createTokenSigner({ keys, now = Date.now }: TokenSignerOptions): TokenSigner {
  const [first] = keys;
  if (first === undefined) throw new RangeError('at least one key is needed to sign tokens');
  return {
    issue(subject) {
      const expires = Math.floor(now() / 1000) + tokenLifetime;
      const claims = { id: subject.id, key: digestOf(subject.token_key), exp: expires };
      const text = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return `${text}.${signatureOf(text, first)}`;
    },
    read(token) {
      const [text, signature, ...rest] = token.split('.');
      if (text === undefined || signature === undefined || rest.length > 0) return undefined;
      // Try all keys: the response time must not show which one fits.
      const signed = keys.map((key) => sameText(signature, signatureOf(text, key))).includes(true);
      return signed ? unexpired(text, now()) : undefined;
    },
  };
}

/** Returns a fingerprint of a user's `token_key`, which itself never leaves the server. */
export function digestOf(tokenKey: string): string {
  return createHash('sha256').update(tokenKey).digest('base64url').slice(0, 22);
}

/** Callers compare signatures as text: base64url's last character has unused bits, so decoded texts are ambiguous. */
function signatureOf(text: string, key: Secret): string {
  return createHmac('sha256', key.reveal()).update(`ltd-keeper token\n${text}`).digest('base64url');
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Parses claims without checks: the signature proves their form. */
function unexpired(text: string, now: number): TokenClaims | undefined {
  const claims = JSON.parse(Buffer.from(text, 'base64url').toString()) as {
    readonly id: number;
    readonly key: string;
    readonly exp: number;
  };
  return now < claims.exp * 1000 ? { userId: claims.id, keyDigest: claims.key } : undefined;
}
