import { Agent, request } from 'undici';
import { withinTime } from '../process/limits.js';

/** How long an answer may take, all told, in milliseconds: purges and dashboards answer in far less than a second. */
const defaultTimeout = 10_000;

/** As much of an answer's body as an error quotes, in characters. */
const maxQuote = 200;

/** A POST to send. */
export interface PostRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

/** What came back. */
export interface PostAnswer {
  readonly status: number;
  /** The beginning of the body, on one line, for error messages. */
  readonly quote: string;
}

/**
 * Sends one POST, once. Throws the signal's reason when it aborts, that there is no answer when the time is over, and
 * whatever the transport threw when no whole answer came.
 */
export type Post = (post: PostRequest) => Promise<PostAnswer>;

/** A {@link Post} with connections of its own; idle ones keep no process alive. `timeout` in milliseconds. */
export function createPost(timeout: number = defaultTimeout): Post {
  const dispatcher = new Agent({ connect: { timeout } });
  return async ({ url, headers, body, signal: source }) =>
    withinTime(
      timeout,
      async (signal) => {
        const options = { dispatcher, method: 'POST', headers: { ...headers }, body: body ?? null, signal } as const;
        const answer = await request(url, options);
        return { status: answer.statusCode, quote: quoteOf(await answer.body.text()) };
      },
      { source },
    );
}

function quoteOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, maxQuote);
}
