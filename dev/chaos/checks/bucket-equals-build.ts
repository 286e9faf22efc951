import { createHash } from 'node:crypto';
import type { FinalEdition, FinalObject, FinalState } from '../final-state.js';
import { type ChangeEvent, changesOf } from '../history.js';
import { pageOf, siteOf } from '../site.js';
import type { Check } from './violation.js';

/**
 * Under an edition's slug lies its published build: every object of it with its bytes and the edition's headers, and
 * nothing else; under the slugs that it had before lies nothing. The builds themselves are as they were uploaded.
 */
export const bucketEqualsBuild: Check = ({ events, final }) => {
  const changes = changesOf(events);
  return [...final.editions.flatMap((edition) => wrongUnderSlug(final, edition, changes)), ...leftovers(final)];
};

function wrongUnderSlug(final: FinalState, edition: FinalEdition, changes: readonly ChangeEvent[]): readonly string[] {
  const folder = `${edition.product}/v/${edition.slug}/`;
  const found = below(final, folder);
  if (edition.published === null)
    return found.size === 0 ? [] : [`${folder} holds ${found.size} objects, and nothing was ever published there`];
  const build = final.builds.find(({ id }) => id === edition.published);
  const wanted = below(final, `${edition.product}/builds/${build?.slug}/`);
  const missing = [...wanted.keys()].filter((path) => !found.has(path));
  const extra = [...found.keys()].filter((path) => !wanted.has(path));
  const changed = changes.filter((change) => change.build === edition.published);
  const different = [...wanted].flatMap(([path, object]) =>
    differences(object, found.get(path), { edition, also: contentsOf(changed, path) }).map(
      (what) => `${folder}${path}: ${what}`,
    ),
  );
  return [
    ...missing.map((path) => `${folder}${path} is missing (build ${edition.published} has it)`),
    ...extra.map((path) => `${folder}${path} is there (build ${edition.published} does not have it)`),
    ...different,
    ...changedBuild(edition.published, wanted, changed),
    ...(final.objects.some(({ key }) => key === folder.slice(0, -1))
      ? []
      : [`${folder.slice(0, -1)}, which redirects to the folder, is missing`]),
  ];
}

function below({ objects }: FinalState, folder: string): ReadonlyMap<string, FinalObject> {
  return new Map(
    objects.filter(({ key }) => key.startsWith(folder)).map((object) => [object.key.slice(folder.length), object]),
  );
}

function differences(
  source: FinalObject,
  found: FinalObject | undefined,
  { edition: { surrogateKey }, also }: { readonly edition: FinalEdition; readonly also: readonly string[] },
): readonly string[] {
  if (found === undefined) return [];
  const headers = {
    system: { ...source.headers.system, 'cache-control': 'no-cache' },
    metadata: {
      ...source.headers.metadata,
      'surrogate-key': surrogateKey,
      'surrogate-control': 'max-age=31536000',
    },
  };
  return [
    ...((found.md5 === source.md5 && found.bytes === source.bytes) || also.includes(found.md5)
      ? []
      : ['its bytes are not those of the build']),
    ...(sorted(found.headers) === sorted(headers)
      ? []
      : [`its headers are ${sorted(found.headers)}, not ${sorted(headers)}`]),
  ];
}

function sorted({ system, metadata }: FinalObject['headers']): string {
  const entries = [system, metadata].map((record) =>
    Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1))),
  );
  return JSON.stringify(entries);
}

/** What of a build is not as its client uploaded it, or changed it afterwards. */
function changedBuild(
  build: number,
  objects: ReadonlyMap<string, FinalObject>,
  changes: readonly ChangeEvent[],
): readonly string[] {
  return siteOf(build)
    .filter(({ path, content }) => {
      const md5 = objects.get(path)?.md5 ?? '';
      return md5 !== md5Of(content) && !contentsOf(changes, path).includes(md5);
    })
    .map(({ path }) => `build ${build} no longer has ${path} as it was uploaded`);
}

/**
 * Digests of what a page may be that was changed after its build had been announced. A copy of before is as good: a
 * build is not looked at again once it was published.
 */
function contentsOf(changes: readonly ChangeEvent[], path: string): readonly string[] {
  const own = changes.filter((change) => change.path === path);
  return own.flatMap(({ build, revision }) =>
    [0, revision].map((each) => md5Of(pageOf({ build, path, revision: each }).content)),
  );
}

function md5Of(content: string): string {
  return createHash('md5').update(content).digest('hex');
}

/** Objects under slugs that no edition has. What lies beside the slugs' folders belongs to the dashboard. */
function leftovers({ objects, editions, rebuilds }: FinalState): readonly string[] {
  const folders = new Set(editions.map(({ product, slug }) => `${product}/v/${slug}`));
  const earlier = new Set(
    rebuilds.flatMap(({ edition, slug }) => {
      const product = editions.find(({ id }) => id === edition)?.product;
      return product === undefined ? [] : [`${product}/v/${slug}`];
    }),
  );
  return objects
    .filter(({ key }) => {
      const [folder] = /^[^/]+\/v\/[^/]+/.exec(key) ?? [];
      return folder !== undefined && !folders.has(folder) && earlier.has(folder);
    })
    .map(({ key }) => `${key} is left of a slug that no edition has any more`);
}
