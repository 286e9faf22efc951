import { hasCode, LtdError } from '../../domain/errors.js';
import { createPost, type Post, type PostAnswer } from '../http-post.js';
import type { Cdn } from './cdn.js';

/** A Fastly service. */
interface FastlyOptions {
  readonly serviceId: string;
  /** An API token that may purge the service (`purge_select`). */
  readonly apiKey: string;
  /** The API's address, without a slash at its end. @default 'https://api.fastly.com' */
  readonly apiUrl?: string;
  /** @default a client of its own, with a timeout of 10 s */
  readonly post?: Post;
}

/** Purges through Fastly's API: `POST /service/<id>/purge/<surrogate key>`, which answers 200. */
export function createFastlyCdn(options: FastlyOptions): Cdn {
  const { serviceId, apiKey, apiUrl = 'https://api.fastly.com', post = createPost() } = options;
  const service = `${apiUrl}/service/${encodeURIComponent(serviceId)}`;
  return {
    purge: async (surrogateKey, { signal } = {}) => {
      const answer = await send(post, {
        url: `${service}/purge/${encodeURIComponent(surrogateKey)}`,
        headers: { 'Fastly-Key': apiKey, Accept: 'application/json' },
        signal,
      });
      if (answer.status !== 200) throw refusal(answer);
    },
  };
}

async function send(post: Post, request: Parameters<Post>[0]): Promise<PostAnswer> {
  try {
    return await post(request);
  } catch (error) {
    request.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new LtdError('cdn_unavailable', `Fastly did not answer the purge: ${reason}`, { cause: error });
  }
}

function refusal({ status, quote }: PostAnswer): LtdError {
  const said = `Fastly answered the purge with HTTP ${status}: ${quote}`;
  if (status >= 500 || status === 429 || status === 408) return new LtdError('cdn_unavailable', said);
  return new LtdError(
    'cdn_rejected',
    `${said}; check FASTLY_SERVICE_ID and FASTLY_KEY (LTD_KEEPER_FASTLY_ID and LTD_KEEPER_FASTLY_KEY)`,
  );
}

/** The same CDN; `count` is told how each purge ended, but for those that were given up. */
export function createCountedCdn(cdn: Cdn, count: (outcome: 'purged' | 'unavailable' | 'rejected') => void): Cdn {
  return {
    purge: async (surrogateKey, options) => {
      try {
        await cdn.purge(surrogateKey, options);
      } catch (error) {
        if (hasCode(error, 'cdn_unavailable')) count('unavailable');
        if (hasCode(error, 'cdn_rejected')) count('rejected');
        throw error;
      }
      count('purged');
    },
  };
}
