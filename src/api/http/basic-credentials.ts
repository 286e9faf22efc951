import type { Credentials } from '../../services/authenticate.js';

/**
 * What an `Authorization` header of the Basic scheme holds (RFC 7617, in UTF-8), or undefined for any other header. The
 * first colon parts name and password, so that a name cannot hold one.
 */
export function basicCredentials(header: string | undefined): Credentials | undefined {
  const encoded = /^basic +([a-z0-9+/_-]+={0,2}) *$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const text = utf8(Buffer.from(encoded, 'base64'));
  const colon = text?.indexOf(':') ?? -1;
  if (text === undefined || colon < 1) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
