import type { IncomingMessage } from 'node:http';
import { LtdError } from '../../domain/errors.js';

/**
 * The host that a request names; undefined where it names none.
 *
 * @throws {LtdError} `invalid` where it names two (RFC 9112, 3.2): whatever stands in front of us may have believed
 *   the other one.
 */
export function hostOf({
  headersDistinct,
  url = '',
}: Pick<IncomingMessage, 'headersDistinct' | 'url'>): string | undefined {
  const [host, ...others] = headersDistinct['host'] ?? [];
  const target = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
  if (others.length > 0 || (target !== undefined && target.toLowerCase() !== host?.toLowerCase()))
    throw new LtdError('invalid', 'The request names more than one host.');
  return host;
}
