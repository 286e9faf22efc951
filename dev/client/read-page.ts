import { request } from 'undici';

/** The address of a page. */
export interface PageAddress {
  /** The edge's address, without a trailing slash. */
  readonly edgeUrl: string;
  readonly product: string;
  /** Percent-encoded, with its leading slash. @default '/' */
  readonly path?: string;
}

/** The answer to a reader. */
export interface ReadPage {
  readonly status: number;
  readonly location: string | undefined;
  readonly contentType: string | undefined;
  readonly text: string;
}

/** The address for browsers and curl, which resolve `*.localhost` themselves. */
export function browserUrl({ edgeUrl, product, path = '/' }: PageAddress): string {
  return `http://${product}.localhost:${new URL(edgeUrl).port}${path}`;
}

/**
 * Reads a page at the edge like a browser. Node does not resolve `*.localhost`, and its `fetch` drops a `Host` header,
 * so this connects to the edge and sets the host.
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
