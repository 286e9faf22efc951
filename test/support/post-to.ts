import { createPost, type Post } from '../../src/integrations/http-post.js';
import type { Reply } from './recording-server.js';

/** Gives up on a server that hangs within 200 ms; one that answers may take its time, on a busy machine too. */
export function postTo(reply: Reply): Post {
  return reply === 'hang' ? createPost(200) : createPost();
}
