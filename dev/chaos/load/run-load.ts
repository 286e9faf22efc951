import { setTimeout as sleep } from 'node:timers/promises';
import { createSeededRandom } from '../../object-store/seeded-random.js';
import { publishBuild, type Publisher } from './publish-build.js';
import { steer, type SteeringVerb } from './steer.js';
import { anyOf, isStaged, type KnownEdition } from './world.js';

/** Clients at a time. */
const clients = 4;

/** Each pauses between two requests. Milliseconds. */
const pause = { least: 200, most: 1_500 };

/** How often each thing is done, among a hundred. */
const shares: readonly (readonly [what: 'publish' | 'publish a new ref' | SteeringVerb, share: number])[] = [
  ['publish', 40],
  ['publish a new ref', 5],
  ['roll back', 20],
  ['rebuild', 12],
  ['rename', 10],
  ['reset', 10],
  ['deprecate', 3],
];

/** What the load works with. */
export interface Load extends Publisher {
  readonly seed: number;
}

/**
 * Publishes, rolls back, rebuilds, renames, resets and deprecates until the signal comes; then ends what is under way.
 */
export async function runLoad(load: Load, signal: AbortSignal): Promise<void> {
  const each = Array.from({ length: clients }, (_, index) => runClient(load, { number: index + 1, signal }));
  await Promise.all(each);
}

async function runClient(
  load: Load,
  { number, signal }: { readonly number: number; readonly signal: AbortSignal },
): Promise<void> {
  const random = createSeededRandom(load.seed * clients + number);
  for (let turn = 1; !signal.aborted; turn += 1) {
    await act(load, { random, name: `ticket-${number}-${turn}` });
    const rest = pause.least + random() * (pause.most - pause.least);
    await sleep(rest, undefined, { signal }).catch(() => undefined);
  }
}

async function act(
  load: Load,
  { random, name }: { readonly random: () => number; readonly name: string },
): Promise<void> {
  const what = chooseShare(random() * 100);
  const presigned = random() < 0.3;
  const product = anyOf(random, load.world.products) ?? '';
  if (what === 'publish') {
    const edition = anyOf(random, load.world.editions.filter(mayBe('publish')));
    if (edition !== undefined) await publishBuild(load, { ...edition, presigned });
  } else if (what === 'publish a new ref') {
    await publishBuild(load, { product, ref: name, presigned });
  } else {
    await steerOne({ ...load, random }, what);
  }
}

async function steerOne(load: Load & { readonly random: () => number }, verb: SteeringVerb): Promise<void> {
  const edition = anyOf(load.random, load.world.editions.filter(mayBe(verb)));
  if (edition !== undefined) await steer(load, verb, edition);
}

/** Renames and deprecations have editions of their own, so that the others keep their addresses. */
function mayBe(verb: 'publish' | SteeringVerb): (edition: KnownEdition) => boolean {
  if (verb === 'rename') return ({ ref }) => ref.startsWith('moving');
  if (verb === 'deprecate') return ({ ref }) => ref.startsWith('passing');
  return (edition) => !isStaged(edition);
}

function chooseShare(point: number): (typeof shares)[number][0] {
  let upTo = 0;
  for (const [what, share] of shares) {
    upTo += share;
    if (point < upTo) return what;
  }
  return 'publish';
}
