import type { ApiClient, ApiRequest } from './api-client.js';
import { anyOf, type KnownEdition, type World } from './world.js';

/** What a person does with an edition: everything but publishing builds. */
export type SteeringVerb = 'roll back' | 'rebuild' | 'rename' | 'reset' | 'deprecate';

/** Steers one edition; what the API refuses is part of the load. */
export async function steer(
  { api, world, random }: { readonly api: ApiClient; readonly world: World; readonly random: () => number },
  verb: SteeringVerb,
  edition: KnownEdition,
): Promise<void> {
  const { id, product } = edition;
  const request = { verb, product, edition: id, path: `/editions/${id}` };
  const asked = askFor(verb, { edition, build: anyOf(random, world.uploaded.get(product) ?? []) });
  if (asked === undefined) return;
  if (asked.slug !== undefined) edition.slugs.push(asked.slug);
  await api.change({ ...request, ...asked });
}

type Asked = Pick<ApiRequest, 'method' | 'body' | 'build' | 'slug'>;

function askFor(
  verb: SteeringVerb,
  { edition, build }: { readonly edition: KnownEdition; readonly build: number | undefined },
): Asked | undefined {
  switch (verb) {
    case 'roll back':
      return build === undefined ? undefined : { method: 'PATCH', body: { build_url: `/builds/${build}` }, build };
    case 'rebuild':
      return { method: 'PATCH', body: { pending_rebuild: true } };
    case 'rename': {
      const slug = `${edition.slugs[0] ?? 'edition'}-${edition.slugs.length}`;
      return { method: 'PATCH', body: { slug }, slug };
    }
    case 'reset':
      return { method: 'PATCH', body: { pending_rebuild: false } };
    case 'deprecate':
      return { method: 'DELETE' };
    default:
      return verb satisfies never;
  }
}
