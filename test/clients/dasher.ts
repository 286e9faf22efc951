import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestBucket } from '../support/bucket.js';

type Json = Readonly<Record<string, unknown>>;

/** What LTD Dasher 0.1.11 reads of a product: the values that its templates print. */
export interface DasherDashboard {
  readonly product: Readonly<Record<(typeof productFields)[number], string>>;
  readonly editions: readonly DasherEntry[];
  readonly builds: readonly DasherEntry[];
}

/** An edition with the date of its rebuild, or a build with the date of its creation. */
export interface DasherEntry {
  readonly slug: string;
  readonly date: Date;
  readonly gitRef: string | null;
  readonly publishedUrl: string;
}

/** A stand-in for LTD Dasher that sends its requests in its order and checks the answers as strictly. */
export interface Dasher {
  /** Without a slash at its end. */
  readonly url: string;
  /** The dashboards that it has built, in order. */
  readonly built: readonly DasherDashboard[];
  /** The paths of its requests to LTD Keeper. */
  readonly asked: readonly string[];
  /** The reasons of its 500 answers. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

const productFields = ['published_url', 'doc_repo', 'slug', 'title', 'domain', 'bucket_name', 'surrogate_key'] as const;

/**
 * Starts it on a free port.
 *
 * @param bulk Whether it requests everything at once, as it does since 0.1.8. Otherwise, and after a failure, it
 * requests each edition and each build.
 */
export async function startDasher(bucket: TestBucket, { bulk = true } = {}): Promise<Dasher> {
  const built: DasherDashboard[] = [];
  const asked: string[] = [];
  const failures: unknown[] = [];
  const get: Get = async (url) => {
    asked.push(new URL(url).pathname);
    // Like Python's requests, without credentials.
    const headers = {
      'User-Agent': 'python-requests/2.22.0',
      'Accept-Encoding': 'gzip, deflate',
      Accept: '*/*',
    };
    return fetch(url, { headers });
  };
  const server = createServer((message, response) => {
    void (async () => {
      assert.deepEqual([message.method, message.url], ['POST', '/build']);
      assert.equal(message.headers['content-type'], 'application/json');
      assert.equal(message.headers.authorization, undefined);
      const { product_urls: urls } = JSON.parse(await text(message)) as { product_urls: string[] };
      for (const url of urls) {
        const dashboard = read(bulk ? await readBulk(get, url) : await readSingly(get, url));
        await upload(bucket, dashboard);
        built.push(dashboard);
      }
    })().then(
      () => response.writeHead(202, { 'Content-Type': 'application/json' }).end('{}'),
      (error: unknown) => {
        failures.push(error);
        response.writeHead(500).end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP port, not a pipe
  return {
    url: `http://127.0.0.1:${port}`,
    built,
    asked,
    failures,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Get = (url: string) => Promise<Response>;

interface Answers {
  readonly product: Json;
  readonly editions: readonly Json[];
  readonly builds: readonly Json[];
}

async function readBulk(get: Get, productUrl: string): Promise<Answers> {
  const answer = await get(`${productUrl}/dashboard`);
  return answer.status >= 400 ? readSingly(get, productUrl) : ((await answer.json()) as Answers);
}

/** It checks no status here. */
async function readSingly(get: Get, productUrl: string): Promise<Answers> {
  const json = async (url: string): Promise<Json> => (await (await get(url)).json()) as Json;
  const each = async (collection: 'editions' | 'builds'): Promise<Json[]> => {
    const listed = (await json(`${productUrl}/${collection}/`))[collection] as string[];
    const found: Json[] = [];
    for (const url of listed) found.push(await json(url));
    return found;
  };
  return { product: await json(productUrl), editions: await each('editions'), builds: await each('builds') };
}

function read({ product, editions, builds }: Answers): DasherDashboard {
  const fields = Object.fromEntries(productFields.map((key) => [key, textOf(product, key)]));
  return {
    product: fields as DasherDashboard['product'], // all of them texts
    editions: editions.map((edition) => readEntry(edition, 'date_rebuilt', 'tracked_refs')),
    builds: builds.map((build) => readEntry(build, 'date_created', 'git_refs')),
  };
}

function readEntry(entry: Json, date: string, refs: string): DasherEntry {
  const gitRefs = entry[refs];
  assert.ok(gitRefs === null || Array.isArray(gitRefs), `${refs} is no list`);
  const [gitRef = null] = (gitRefs ?? []) as readonly string[];
  const publishedUrl = textOf(entry, 'published_url');
  return { slug: textOf(entry, 'slug'), date: parseDate(textOf(entry, date)), gitRef, publishedUrl };
}

function textOf(object: Json, key: string): string {
  const value = object[key];
  assert.ok(typeof value === 'string', `${key} is ${JSON.stringify(value)}`);
  return value;
}

/** Python's `strptime(date, '%Y-%m-%dT%H:%M:%SZ')`, which accepts no fraction of a second and no offset. */
function parseDate(date: string): Date {
  assert.match(date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const parsed = new Date(date);
  assert.ok(!Number.isNaN(parsed.getTime()), `${date} is no date`);
  return parsed;
}

/** Its pages and the redirects beside them, in its order. */
async function upload(bucket: TestBucket, { product, editions, builds }: DasherDashboard): Promise<void> {
  const common = { ACL: 'public-read', CacheControl: 'no-cache' } as const;
  const metadata = { 'surrogate-key': product.surrogate_key, 'surrogate-control': 'max-age=31536000' };
  assert.equal(product.bucket_name, bucket.name);
  for (const [folder, entries] of [
    ['v', editions],
    ['builds', builds],
  ] as const) {
    const links = entries.map(({ slug, publishedUrl }) => `<a href="${publishedUrl}">${slug}</a>`).join('\n');
    const page = { ...common, ContentType: 'text/html', Metadata: metadata };
    await bucket.put(`${product.slug}/${folder}/index.html`, links, page);
    const redirect = { ...common, Metadata: { ...metadata, 'dir-redirect': 'true' } };
    await bucket.put(`${product.slug}/${folder}`, '', redirect);
  }
}
