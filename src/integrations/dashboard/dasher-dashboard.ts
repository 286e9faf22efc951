import { LtdError } from '../../domain/errors.js';
import { createPost, type Post, type PostAnswer } from '../http-post.js';
import type { DashboardBuilder } from './dashboard-builder.js';

/** Where LTD Dasher is. */
export interface DasherOptions {
  /** Its address, without a slash at its end. */
  readonly url: string;
  /** @default a client of its own, with a timeout of 10 s */
  readonly post?: Post;
}

/** Builds dashboards through LTD Dasher: `POST /build` with the products' URLs, which answers 202. */
export function createDasherDashboard({ url, post = createPost() }: DasherOptions): DashboardBuilder {
  return {
    build: async ({ productUrl }, signal) => {
      const answer = await send(post, {
        url: `${url}/build`,
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ product_urls: [productUrl] }),
        signal,
      });
      if (answer.status !== 202) {
        const said = `HTTP ${answer.status}, not 202: ${answer.quote}`;
        throw new LtdError('dashboard_failed', `Dasher did not take the dashboard of ${productUrl}: ${said}`);
      }
      return 'built';
    },
  };
}

async function send(post: Post, request: Parameters<Post>[0]): Promise<PostAnswer> {
  try {
    return await post(request);
  } catch (error) {
    request.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new LtdError('dashboard_failed', `Dasher did not answer at ${request.url}: ${reason}`, {
      cause: error,
    });
  }
}
