import type { Edition } from '../client/answers.js';
import type { StackAccess } from '../client/stack-access.js';
import { browserUrl } from '../client/read-page.js';
import { createKeeperClient, type KeeperClient } from '../client/keeper-client.js';
import { rebuildWorkflowId } from '../../src/workflows/contract.js';
import { checkout } from '../../scripts/paths.js';
import { buildSite } from './build-site.js';
import type { Narrator } from './narrator.js';
import { publishVersion } from './publish-version.js';
import { showDashboard } from './show-dashboard.js';
import { showPage } from './show-page.js';

const product = 'ltd-keeper';
const gitRef = 'main';

/** The page that version 2 removes. */
const removedPage = {
  source: 'coming-in-version-2.md',
  path: '/coming-in-version-2.html',
  markdown:
    '# Coming in version 2\n\nThis page is in version 1 alone. Once version 2 is published, readers get 404 for it.\n',
};

/** A page to open in a browser. */
export interface Opening {
  readonly what: string;
  readonly url: string;
}

/**
 * Publishes two versions of the project's documentation through the public API, and reads both and the dashboard at the
 * edge. @returns The pages to open. @throws {Error} when a step fails or the edge shows a wrong page.
 */
export async function runDemo(access: StackAccess, narrator: Narrator): Promise<readonly Opening[]> {
  const [first, second] = await narrator.step({
    title: 'building the documentation',
    work: () =>
      Promise.all([
        buildSite({
          folder: checkout,
          version: '1',
          extraPages: { [removedPage.source]: removedPage.markdown },
        }),
        buildSite({ folder: checkout, version: '2' }),
      ]),
    describe: ([one, two]) =>
      `Two versions of this project's documentation are built: ${one.length} and ${two.length} files`,
  });
  const client = createKeeperClient(access.keeper);
  await makeProduct(client, narrator, access);
  const page = { edgeUrl: access.edgeUrl, product };
  await publishVersion(client, narrator, { product, gitRef, version: '1', files: first });
  await showPage(narrator, page, { status: 200, text: 'Version 1' });
  await showPage(narrator, { ...page, path: removedPage.path }, { status: 200, text: 'Coming in version 2' });
  await publishVersion(client, narrator, { product, gitRef, version: '2', files: second });
  await showPage(narrator, page, { status: 200, text: 'Version 2' });
  await showPage(narrator, { ...page, path: removedPage.path }, { status: 404, text: 'Page not found' });
  const main = await mainEdition(client);
  await showDashboard(narrator, { ...page, edition: main.title });
  return openings(main, access);
}

async function makeProduct(
  client: KeeperClient,
  narrator: Narrator,
  { bucket, rootDomain }: StackAccess,
): Promise<void> {
  await narrator.step({
    title: `making the product ${product}`,
    work: () =>
      client.createProduct({
        slug: product,
        title: 'LTD Keeper',
        doc_repo: 'https://example.org/ltd-keeper.git',
        root_domain: rootDomain,
        root_fastly_domain: 'localhost',
        bucket_name: bucket,
      }),
    describe: () => `The product ${product} is made, with its default edition, which tracks ${gitRef}`,
  });
}

async function mainEdition(client: KeeperClient): Promise<Edition> {
  const [edition] = await client.editions(product);
  return edition ?? Promise.reject(new Error(`The product ${product} has no edition`));
}

function openings(edition: Edition, access: StackAccess): readonly Opening[] {
  const id = Number(edition.self_url.split('/').at(-1));
  return [
    { what: 'the site', url: browserUrl({ edgeUrl: access.edgeUrl, product }) },
    { what: 'its dashboard', url: browserUrl({ edgeUrl: access.edgeUrl, product, path: '/v/' }) },
    { what: "the API's root", url: `${access.keeper.url}/` },
    { what: 'the edition', url: edition.self_url },
    {
      what: 'its workflow in the Temporal Web UI',
      url: `${access.temporalUiUrl}/namespaces/default/workflows/${rebuildWorkflowId(id)}`,
    },
  ];
}
