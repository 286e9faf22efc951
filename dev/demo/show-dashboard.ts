import { z } from 'zod';
import { browserUrl, type PageAddress, readPage } from '../client/read-page.js';
import type { Narrator } from './narrator.js';

/** The dashboard of a product, and an edition that it must list. */
export interface DashboardToShow {
  readonly edgeUrl: string;
  readonly product: string;
  /** The edition's name for people. */
  readonly edition: string;
}

/** The fields of switcher.json that the demo shows. */
const switcher = z.array(z.object({ name: z.string(), url: z.string() }));

/**
 * Reads a product's dashboard and its switcher.json at the edge, and shows their entries. @throws {Error} when one does
 * not list the edition.
 */
export async function showDashboard(narrator: Narrator, { edgeUrl, product, edition }: DashboardToShow): Promise<void> {
  for (const [path, read] of [
    ['/v/', editionsOf],
    ['/v/switcher.json', versionsOf],
  ] as const) {
    const address = { edgeUrl, product, path };
    const url = browserUrl(address);
    await narrator.step({
      title: `reading ${url}`,
      work: () => listed(address, read, edition),
      describe: (entries) => `At the edge: GET ${url} lists ${entries.join(', ')}`,
    });
  }
}

/** The task of a publication ends after the dashboard is built, so this need not wait. */
async function listed(
  address: PageAddress,
  read: (text: string) => readonly string[],
  edition: string,
): Promise<readonly string[]> {
  const { status, text } = await readPage(address);
  const url = browserUrl(address);
  if (status !== 200) throw new Error(`GET ${url} answered ${status}; 200 was expected`);
  const entries = read(text);
  if (entries.some((entry) => entry.includes(edition))) return entries;
  throw new Error(`GET ${url} lists ${entries.join(', ') || 'nothing'}; "${edition}" was expected`);
}

/** The names that the dashboard links to, in order. */
function editionsOf(html: string): readonly string[] {
  return [...html.matchAll(/<a class="name" href="[^"]*">([^<]*)<\/a>/g)].map(([, name = '']) => `"${name}"`);
}

function versionsOf(json: string): readonly string[] {
  return switcher.parse(JSON.parse(json)).map(({ name, url }) => `"${name}" at ${url}`);
}
