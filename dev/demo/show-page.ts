import { browserUrl, type PageAddress, readPage } from '../client/read-page.js';
import type { Narrator } from './narrator.js';

/** The expected content of a page. */
export interface ExpectedPage {
  readonly status: number;
  /** A text on the page. */
  readonly text: string;
}

/** Reads a page at the edge and shows an excerpt. @throws {Error} when it is another page. */
export async function showPage(narrator: Narrator, address: PageAddress, expected: ExpectedPage): Promise<void> {
  const url = browserUrl(address);
  await narrator.step({
    title: `reading ${url}`,
    work: async () => {
      const page = await readPage(address);
      if (page.status === expected.status && page.text.includes(expected.text)) return page;
      throw new Error(
        `GET ${url} answered ${page.status} instead of ${expected.status}, ` +
          `and the page ${page.text.includes(expected.text) ? 'contains' : 'does not contain'} "${expected.text}"`,
      );
    },
    describe: ({ status, text }) => `At the edge: GET ${url} answers ${status}, "${excerpt(text)}"`,
  });
}

/** The title of a page, and its version if it has one. */
function excerpt(html: string): string {
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '';
  const version = /class="version">([^<]*)</.exec(html)?.[1];
  return version === undefined ? title : `${title} – ${version}`;
}
