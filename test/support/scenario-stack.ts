import { createKeeperClient, type KeeperClient } from '../../dev/client/keeper-client.js';
import { readPage } from '../../dev/client/read-page.js';
import { type StackAccess, stackAccess } from '../../dev/client/stack-access.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import type { StackOptions } from '../../dev/stack/options.js';
import { type Stack, startStack } from '../../dev/stack/start-stack.js';
import { workflowBundle } from '../../scripts/workflow-bundle.js';

/** The one product of these scenarios. */
export const product = 'handbook';

/** A development stack, for events that must not happen to the servers that test files share. */
export interface ScenarioStack {
  readonly stack: Stack;
  readonly access: StackAccess;
  readonly client: KeeperClient;
  /** Registers, uploads and completes a build of pages with this text. Returns the address of its task. */
  announce(text: string): Promise<string>;
  /** The default edition's root page, as readers get it. */
  readRoot(): Promise<string>;
}

/** Starts a stack on the state in this folder. Its store is slow by default, so that a copy takes a while. */
export async function startScenarioStack(
  folder: string,
  options: Partial<Pick<StackOptions, 's3LatencyMs' | 'settings'>> = {},
): Promise<ScenarioStack> {
  await workflowBundle();
  const stack = await startStack({ folder, ports: 'auto', s3LatencyMs: 300, ...options }, () => undefined);
  const access = stackAccess(stack.variables());
  const client = createKeeperClient(access.keeper);
  return {
    stack,
    access,
    client,
    announce: (text) => announce(client, text),
    readRoot: async () => (await readPage({ edgeUrl: access.edgeUrl, product })).text,
  };
}

/** Creates {@link product} with its default edition. */
export async function makeStackProduct({ client, access }: ScenarioStack): Promise<void> {
  await client.createProduct({
    slug: product,
    title: product,
    doc_repo: 'https://example.org/repo.git',
    root_domain: 'localhost',
    root_fastly_domain: 'localhost',
    bucket_name: access.bucket,
  });
}

async function announce(client: KeeperClient, text: string): Promise<string> {
  const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
  const files = Array.from({ length: 20 }, (_, index) => ({
    path: index === 0 ? 'index.html' : `page-${index}.html`,
    contentType: 'text/html',
    content: text,
  }));
  await uploadSite(build, files);
  return client.completeUpload(build);
}
