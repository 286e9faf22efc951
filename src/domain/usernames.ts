import { isStorableText } from './storable-text.js';

/** Characters. Far more than a name needs, and far less than PostgreSQL can index. */
const maxUsername = 255;

/**
 * Why a text cannot be the name of a user; undefined when it can. HTTP's Basic scheme parts name and password at the
 * first colon, and names with control characters or spaces around them would not be what they look like.
 */
export function usernameProblem(username: string): string | undefined {
  if (username === '') return 'A user name must not be empty.';
  if (username.includes(':'))
    return 'A user name must not hold a colon: HTTP Basic authentication ends it there.';
  if (username.length > maxUsername) return `A user name has at most ${maxUsername} characters.`;
  if (username !== username.trim() || /\p{Cc}/u.test(username) || !isStorableText(username))
    return 'A user name must not hold control characters, nor begin or end with white space.';
  return undefined;
}
