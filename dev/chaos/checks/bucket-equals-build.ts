import { createHash } from 'node:crypto';
import type { FinalEdition, FinalObject, FinalState } from '../final-state.js';
import { siteOf } from '../site.js';
import type { Check } from './violation.js';

/**
 * Under an edition's slug lies its published build: every object of it with its bytes and the edition's headers, and
 * nothing else; under the slugs that it had before lies nothing. The builds themselves are as they were uploaded.
 */
export const bucketEqualsBuild: Check = ({ final }) => [
  ...final.editions.flatMap((edition) => wrongUnderSlug(final, edition)),
  ...leftovers(final),
];

function wrongUnderSlug(final: FinalState, edition: FinalEdition): readonly string[] {
  const folder = `${edition.product}/v/${edition.slug}/`;
  const found = below(final, folder);
  if (edition.published === null)
    return found.size === 0
      ? []
      : [`${folder} holds ${found.size} objects, and nothing was ever published there`];
  const build = final.builds.find(({ id }) => id === edition.published);
  const wanted = below(final, `${edition.product}/builds/${build?.slug}/`);
  const missing = [...wanted.keys()].filter((path) => !found.has(path));
  const extra = [...found.keys()].filter((path) => !wanted.has(path));
  const different = [...wanted].flatMap(([path, object]) =>
    differences(object, found.get(path), edition).map((what) => `${folder}${path}: ${what}`),
  );
  return [
    ...missing.map((path) => `${folder}${path} is missing (build ${edition.published} has it)`),
    ...extra.map((path) => `${folder}${path} is there (build ${edition.published} does not have it)`),
    ...different,
    ...changedBuild(edition.published, wanted),
    ...(final.objects.some(({ key }) => key === folder.slice(0, -1))
      ? []
      : [`${folder.slice(0, -1)}, which redirects to the folder, is missing`]),
  ];
}

function below({ objects }: FinalState, folder: string): ReadonlyMap<string, FinalObject> {
  return new Map(
    objects
      .filter(({ key }) => key.startsWith(folder))
      .map((object) => [object.key.slice(folder.length), object]),
  );
}

function differences(
  source: FinalObject,
  found: FinalObject | undefined,
  { surrogateKey }: FinalEdition,
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
    ...(found.md5 === source.md5 && found.bytes === source.bytes
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

/** What of a build is not as its client uploaded it. */
function changedBuild(build: number, objects: ReadonlyMap<string, FinalObject>): readonly string[] {
  return siteOf(build)
    .filter(({ path, content }) => objects.get(path)?.md5 !== createHash('md5').update(content).digest('hex'))
    .map(({ path }) => `build ${build} no longer has ${path} as it was uploaded`);
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
