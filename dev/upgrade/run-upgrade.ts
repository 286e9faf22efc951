import { createKeeperClient, type KeeperClient } from '../client/keeper-client.js';
import { readPage } from '../client/read-page.js';
import { stackAccess } from '../client/stack-access.js';
import { uploadSite } from '../client/upload-site.js';
import { watchTask } from '../client/watch-task.js';
import { buildRoot } from '../../scripts/paths.js';
import { migrateDatabase } from '../stack/services.js';
import { type Stack, startStack } from '../stack/start-stack.js';

/** The code of the earlier version, and the folder of the stack's state. */
export interface Upgrade {
  /** The folder of the earlier version's compiled programs. */
  readonly before: string;
  /** An empty folder. */
  readonly folder: string;
  /** Called with each line of progress. */
  readonly report: (line: string) => void;
}

const product = 'handbook';

/**
 * Upgrades from the earlier version to this one and goes back, on one database, one bucket and one Temporal server, and
 * publishes at each step. @throws {Error} naming what failed.
 */
export async function runUpgrade({ before, folder, report }: Upgrade): Promise<void> {
  let open: string | undefined;
  const withCode = async (code: string, work: (stack: Stack) => Promise<void>): Promise<void> => {
    const stack = await startStack({ folder, ports: 'auto', s3LatencyMs: 50, code }, report);
    try {
      await work(stack);
    } finally {
      await stack.stop();
    }
  };
  await withCode(before, async (stack) => {
    await createProduct(stack);
    report('the old code publishes on its own schema');
    await publish(stack, 'first');
    report('the new code migrates');
    await migrateDatabase(folder, stack.variables());
    report('the old code publishes on the new schema');
    await publish(stack, 'second');
    open = await announce(clientOf(stack), 'third');
  });
  await withCode(buildRoot, async (stack) => {
    report('the new code ends what the old code began');
    await ends(clientOf(stack), new URL(open ?? '').pathname);
    await shows(stack, 'third');
    report('the new code publishes');
    await publish(stack, 'fourth');
  });
  await withCode(before, async (stack) => {
    report('the old code publishes again');
    await publish(stack, 'fifth');
  });
}

function clientOf(stack: Stack): KeeperClient {
  return createKeeperClient(stackAccess(stack.variables()).keeper);
}

async function createProduct(stack: Stack): Promise<void> {
  await clientOf(stack).createProduct({
    slug: product,
    title: product,
    doc_repo: 'https://example.org/repo.git',
    root_domain: 'localhost',
    root_fastly_domain: 'localhost',
    bucket_name: stackAccess(stack.variables()).bucket,
  });
}

/** Publishes this text, and checks that readers get it and that the API lists all editions. */
async function publish(stack: Stack, text: string): Promise<void> {
  const client = clientOf(stack);
  await ends(client, await announce(client, text));
  await shows(stack, text);
  await client.editions(product);
}

async function announce(client: KeeperClient, text: string): Promise<string> {
  const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
  await uploadSite(build, [{ path: 'index.html', contentType: 'text/html', content: text }]);
  return client.completeUpload(build);
}

async function ends(client: KeeperClient, task: string): Promise<void> {
  const { status } = await watchTask(client, task);
  if (status !== 'SUCCESS') throw new Error(`The task ${task} ended as ${status}.`);
}

async function shows(stack: Stack, text: string): Promise<void> {
  const { edgeUrl } = stackAccess(stack.variables());
  const page = await readPage({ edgeUrl, product });
  if (!page.text.includes(text)) throw new Error(`Readers should see ${text}, and see: ${page.text.slice(0, 200)}`);
}
