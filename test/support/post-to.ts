import { createPost, type Post } from '../../src/integrations/http-post.js';
import type { Reply } from './recording-server.js';

/** Gives up on a hanging server after 200 ms, and waits longer for a server that answers, also on a busy machine. */
export function postTo(reply: Reply): Post {
  return reply === 'hang' ? createPost(200) : createPost();
}
