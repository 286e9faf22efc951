import { LtdError } from '../../domain/errors.js';
import { createPost, type Post, type PostAnswer } from '../http-post.js';
import type { EventReceiver } from './event-receiver.js';

/** Where events are sent. */
export interface HttpEventReceiverOptions {
  /** Taken as it is. May hold a secret, so no message quotes it; a user and a password in it are sent as Basic. */
  readonly url: string;
  /** @default a client of its own, with a timeout of 10 s */
  readonly post?: Post;
}

const receiver = 'The receiver of events (LTD_EVENTS_URL)';

/** Tells of events by a POST of JSON, as LTD Keeper does. Any 2xx is success; redirects are not followed. */
export function createHttpEventReceiver({ url, post = createPost() }: HttpEventReceiverOptions): EventReceiver {
  const headers = { 'Content-Type': 'application/json', ...credentialsOf(url) };
  return {
    deliver: async (event, { signal } = {}) => {
      const answer = await send(post, { url, headers, body: JSON.stringify(event), signal });
      if (answer.status < 200 || answer.status > 299) throw refusal(answer);
    },
  };
}

/** The client sends none by itself; that of LTD Keeper did. */
function credentialsOf(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

async function send(post: Post, request: Parameters<Post>[0]): Promise<PostAnswer> {
  try {
    return await post(request);
  } catch (error) {
    request.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new LtdError('event_undelivered', `${receiver} did not answer: ${reason}`, { cause: error });
  }
}

/** 4xx that pass by themselves: RFC 9110 (408), RFC 8470 (425), RFC 6585 (429). */
const passing: readonly number[] = [408, 425, 429];

/** 4xx that say what is wrong with the event: RFC 9110. All others are about the caller or the address. */
const aboutTheEvent: readonly number[] = [400, 413, 415, 422];

/** A redirect is a fault of the setting, which is mended there: the event waits for that. */
function refusal({ status, quote }: PostAnswer): LtdError {
  const said = `${receiver} answered HTTP ${status}: ${quote}`;
  if (aboutTheEvent.includes(status)) return new LtdError('event_rejected', said);
  if (status >= 400 && status < 500 && !passing.includes(status)) return new LtdError('event_refused', said);
  const advice = status < 400 ? '; redirects are not followed, set LTD_EVENTS_URL to where they lead' : '';
  return new LtdError('event_undelivered', `${said}${advice}`);
}
