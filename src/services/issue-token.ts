import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../config/secret.js';

/** Signs tokens and reads them back. */
export interface TokenSigner {
  /** A token for this user, good for {@link tokenLifetime}. Free of colons and of anything that a header cannot hold. */
  issue(subject: TokenSubject): string;
  /** What a token says, if one of the keys signed it and it has not expired; else undefined. */
  read(token: string): TokenClaims | undefined;
}

/** Whom a token is for. */
export interface TokenSubject {
  readonly id: number;
  readonly token_key: string;
}

/** What a token says. */
export interface TokenClaims {
  readonly userId: number;
  /** {@link digestOf} the user's `token_key` as it was; another one means that the password has changed since. */
  readonly keyDigest: string;
}

/** Seconds. LTD Keeper's, which clients rely on: one token serves a whole upload. */
export const tokenLifetime = 3600;

/** What the signer works with. */
export interface TokenSignerOptions {
  /** The first signs, all verify: a new key is put in front, the old one taken out an hour later. */
  readonly keys: readonly Secret[];
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Signs with HMAC-SHA-256. A token is `<claims>.<signature>`, both in base64url. */
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
      // All keys are tried, whichever fits, so that time does not tell which.
      const signed = keys.map((key) => sameText(signature, signatureOf(text, key))).includes(true);
      return signed ? unexpired(text, now()) : undefined;
    },
  };
}

/** A fingerprint of a user's `token_key`, which itself never leaves the database. */
export function digestOf(tokenKey: string): string {
  return createHash('sha256').update(tokenKey).digest('base64url').slice(0, 22);
}

/** Compared as text: of base64url's last character some bits mean nothing, so that two texts can mean one signature. */
function signatureOf(text: string, key: Secret): string {
  return createHmac('sha256', key.reveal()).update(`ltd-keeper token\n${text}`).digest('base64url');
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The claims of a text whose signature is ours, so whose form is too. */
function unexpired(text: string, now: number): TokenClaims | undefined {
  const claims = JSON.parse(Buffer.from(text, 'base64url').toString()) as {
    readonly id: number;
    readonly key: string;
    readonly exp: number;
  };
  return now < claims.exp * 1000 ? { userId: claims.id, keyDigest: claims.key } : undefined;
}
