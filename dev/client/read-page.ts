import { request } from 'undici';

/** Where a page is. */
export interface PageAddress {
  /** Of the edge; without a slash at its end. */
  readonly edgeUrl: string;
  readonly product: string;
  /** Percent-encoded, with its leading slash. @default '/' */
  readonly path?: string;
}

/** What a reader gets. */
export interface ReadPage {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** The address that a browser opens: browsers and curl find `*.localhost` by themselves. */
export function browserUrl({ edgeUrl, product, path = '/' }: PageAddress): string {
  return `http://${product}.localhost:${new URL(edgeUrl).port}${path}`;
}

/**
 * Reads a page at the edge as a browser would. Node does not resolve `*.localhost`, and its `fetch` drops a `Host`
 * header: so this connects to the edge and says the host itself.
 */
export async function readPage(address: PageAddress): Promise<ReadPage> {
  const { edgeUrl, path = '/' } = address;
  const { host } = new URL(browserUrl(address));
  const response = await request(`${edgeUrl}${path}`, { headers: { host } });
  return {
    status: response.statusCode,
    location: single(response.headers['location']),
    contentType: single(response.headers['content-type']),
    text: await response.body.text(),
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
