/** The page at a site's own address, by its key within the site. */
export const rootPage = 'index.html';

/**
 * Whether a key is that of an HTML page. Pages refer to the other objects, so they are published after them and
 * removed before them.
 */
export function isPage(key: string): boolean {
  return /\.(?:html?|xhtml)$/i.test(key);
}
