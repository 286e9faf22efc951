/**
 * A text as the address of a page, if it is one that a browser opens and nothing else: a link to `javascript:` would
 * run as a part of the page. Null otherwise.
 */
export function webAddress(text: string): string | null {
  const trimmed = text.trim();
  return /^https?:\/\/[^\s/?#]+(?:[/?#]\S*)?$/i.test(trimmed) ? trimmed : null;
}
