/**
 * Whether PostgreSQL keeps a text as it is. It refuses the null character, and has no way to write half of a surrogate
 * pair, which JSON can (`"\ud800"`).
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}
