/**
 * Whether PostgreSQL can store a text unchanged. It refuses the null character and an unpaired surrogate, which JSON
 * allows (`"\ud800"`).
 */
export function isStorableText(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}
