import { browserUrl, type PageAddress, readPage } from '../client/read-page.js';
import type { Narrator } from './narrator.js';

/** What a page must show. */
export interface ExpectedPage {
  readonly status: number;
  /** A text on the page. */
  readonly text: string;
}

/**
 * Reads a page at the edge and shows some of it.
 *
 * @throws {Error} when it is not the page that was expected.
 */
export async function showPage(narrator: Narrator, address: PageAddress, expected: ExpectedPage): Promise<void> {
  const url = browserUrl(address);
  await narrator.step({
    title: `reading ${url}`,
    work: async () => {
      const page = await readPage(address);
      if (page.status === expected.status && page.text.includes(expected.text)) return page;
      throw new Error(
        `GET ${url} answered ${page.status}, and the page ${page.text.includes(expected.text) ? 'says' : 'does not say'} "${expected.text}"; ${expected.status} was expected`,
      );
    },
    describe: ({ status, text }) => `At the edge: GET ${url} answers ${status}, "${excerpt(text)}"`,
  });
}

/** The title of a page, and its version where it has one. */
function excerpt(html: string): string {
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '';
  const version = /class="version">([^<]*)</.exec(html)?.[1];
  return version === undefined ? title : `${title} – ${version}`;
}
