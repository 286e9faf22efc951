import { eventually } from './eventually.js';
import type { TestKeeper } from './keeper.js';

/** A registered build whose objects exist, but which is not completed yet. */
export interface ScenarioBuild {
  readonly id: number;
  readonly url: string;
  readonly slug: string;
  /** The prefix of its objects, with its final slash. */
  readonly prefix: string;
}

/** The tested parts of the metadata of `queue_url`. */
export interface ScenarioTask {
  readonly status: string;
  readonly metadata: {
    readonly phase: string;
    readonly stale: boolean;
    readonly dashboard: string;
    readonly events: string;
    readonly events_error: string | null;
    readonly superseded_by: string | null;
    readonly eta_seconds: number | null;
    readonly editions: readonly {
      readonly edition_url: string;
      readonly build_url: string;
      readonly outcome: string | null;
      readonly objects_total: number;
      readonly objects_done: number;
      readonly objects_unchanged: number;
      readonly objects_removed: number;
      readonly attempt: number;
      readonly last_error: string | null;
      readonly next_retry_at: string | null;
      readonly eta_seconds: number | null;
      readonly waiting_for: string | null;
      readonly pause: string | null;
    }[];
  };
}

/** The tested parts of an edition. */
export interface ScenarioEdition {
  readonly slug: string;
  readonly build_url: string | null;
  readonly published_build_url: string | null;
  readonly pending_rebuild: boolean;
}

/** Creates a product in the keeper's bucket; its default edition has the id 1 in a fresh database. */
export async function makeProduct(keeper: TestKeeper, slug: string, bucket = keeper.bucket.name): Promise<void> {
  await accepted(keeper, 201, 'POST', '/products/', {
    slug,
    doc_repo: 'https://example.org/repo',
    title: slug,
    root_domain: 'example.org',
    root_fastly_domain: 'global.example.net',
    bucket_name: bucket,
  });
}

/** Registers a build and puts its objects directly into the store: path within the build, then content. */
export async function makeBuild(
  keeper: TestKeeper,
  product: string,
  objects: Readonly<Record<string, string>>,
  gitRefs: readonly string[] = ['main'],
): Promise<ScenarioBuild> {
  const body = await accepted(keeper, 201, 'POST', `/products/${product}/builds/`, { git_refs: gitRefs });
  const { self_url: url, slug, bucket_root_dir: root } = body as Record<string, string>;
  if (url === undefined || slug === undefined || root === undefined) throw new Error('no build was returned');
  await Promise.all(
    Object.entries(objects).map(([path, content]) =>
      keeper.bucket.put(`${root}/${path}`, content, {
        ContentType: path.endsWith('.html') ? 'text/html' : 'text/plain',
      }),
    ),
  );
  return { id: Number(url.split('/').at(-1)), url, slug, prefix: `${root}/` };
}

/** Makes every build two days older, so that its signed uploads have expired and its objects may be deleted. */
export async function ageBuilds({ knex }: Pick<TestKeeper, 'knex'>): Promise<void> {
  await knex('builds').update({ date_created: knex.raw("date_created - interval '2 days'") });
}

/** Completes the upload of a build; returns the path of its task. */
export async function announce(keeper: TestKeeper, build: Pick<ScenarioBuild, 'url'>): Promise<string> {
  return queuePath(await accepted(keeper, 200, 'PATCH', new URL(build.url).pathname, { uploaded: true }));
}

/** Changes an edition; returns the path of its task. */
export async function steer(keeper: TestKeeper, edition: number, change: object): Promise<string> {
  return queuePath(await accepted(keeper, 200, 'PATCH', `/editions/${edition}`, change));
}

/** Reads an edition from the API. */
export async function readEdition(keeper: TestKeeper, id: number): Promise<ScenarioEdition> {
  return (await accepted(keeper, 200, 'GET', `/editions/${id}`)) as ScenarioEdition;
}

/** Reads a task from the API. */
export async function readTaskOnce(keeper: TestKeeper, path: string): Promise<ScenarioTask> {
  return (await accepted(keeper, 200, 'GET', path)) as ScenarioTask;
}

/** Waits for the end of a task. */
export async function taskEnd(keeper: TestKeeper, path: string, timeout = 60_000): Promise<ScenarioTask> {
  return eventually(
    `the end of ${path}`,
    async () => {
      const task = await readTaskOnce(keeper, `${path}?wait=5`);
      return ['SUCCESS', 'FAILURE', 'REVOKED'].includes(task.status) && task;
    },
    timeout,
  );
}

/** Makes every copy in the keeper's bucket slow until the returned function is called. */
export function slowCopies(keeper: TestKeeper, delayMs: number): () => void {
  const rule = keeper.bucket.faults.addRule({
    match: { bucket: keeper.bucket.name, operation: 'CopyObject' },
    action: { kind: 'delay', delayMs },
  });
  return () => {
    keeper.bucket.faults.removeRule(rule.id);
  };
}

/** Waits until the rebuild of a task copies. */
export async function copyBegun(keeper: TestKeeper, path: string): Promise<void> {
  await eventually(`the copy of ${path} to begin`, async () => {
    const { status, metadata } = await readTaskOnce(keeper, path);
    return status === 'STARTED' && metadata.phase === 'copying';
  });
}

/** Waits until an edition needs no work any more; returns it. */
export async function atRest(keeper: TestKeeper, editionId: number): Promise<ScenarioEdition> {
  await eventually(`edition ${editionId} to be at rest`, async () => {
    const row = await keeper
      .knex('editions')
      .where({ id: editionId })
      .first<{ pending_rebuild: boolean; dirty: boolean }>();
    return !row.pending_rebuild && !row.dirty;
  });
  return readEdition(keeper, editionId);
}

/** A site of this many small pages. */
export function pages(count: number, content: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`page-${n}.html`, `${content} ${n}`]));
}

/** The objects below a prefix: path, then content. */
export async function contents(keeper: TestKeeper, prefix: string): Promise<Record<string, string>> {
  const keys = await keeper.bucket.keys(prefix);
  const entries = await Promise.all(
    keys.map(async (key) => [key.slice(prefix.length), await keeper.bucket.read(key)] as const),
  );
  return Object.fromEntries(entries);
}

async function accepted(
  keeper: TestKeeper,
  status: number,
  ...[method, path, body]: Parameters<TestKeeper['request']>
): Promise<unknown> {
  const answer = await keeper.request(method, path, body);
  if (answer.status !== status)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

function queuePath(body: unknown): string {
  return new URL((body as { queue_url: string }).queue_url).pathname;
}
