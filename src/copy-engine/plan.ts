import { type KnownObject, type ListedContent, needsCopy, sameContent } from '../domain/copy-decision.js';
import { editionHeaders } from '../domain/edition-headers.js';
import { KeeperError } from '../domain/errors.js';
import type { ObjectHeaders } from '../domain/object-headers.js';
import type { HeaderSource } from './header-source.js';

/** What planning needs: who knows the headers on either side, and the edition whose headers they become. */
export interface Planner {
  readonly source: HeaderSource;
  readonly destination: HeaderSource;
  readonly surrogateKey: string;
}

/** One object to copy: the content that it is planned for, and the headers that it gets. */
export interface PlannedCopy {
  readonly source: ListedContent;
  readonly headers: ObjectHeaders;
}

/** An object of the build as the listings show it. */
export interface PlanInput {
  readonly key: string;
  readonly source: ListedContent;
  readonly destination: ListedContent | undefined;
}

/** What to do about one object: nothing where the destination has it as it should be, or the build has none. */
export type ObjectPlan = PlannedCopy | 'unchanged' | 'absent';

/**
 * What to do about one object that the build has. The destination is looked at only where its content can be right.
 *
 * @throws {KeeperError} `source_changed` when the build no longer has the object.
 */
export async function planObject(planner: Planner, object: PlanInput): Promise<ObjectPlan> {
  const { key, source, destination } = object;
  if (destination !== undefined && sameContent(source, destination)) return await planByHeaders(planner, key);
  return planCopy(planner, await knownSource(planner, key));
}

/** As {@link planObject}, for an object of which nothing but the key is known, not even whether the build has it. */
export async function planUnlisted(planner: Planner, key: string): Promise<ObjectPlan> {
  const [source, destination] = await bothSides(planner, key);
  return source === undefined ? 'absent' : decide(planner, source, destination);
}

async function planByHeaders(planner: Planner, key: string): Promise<ObjectPlan> {
  const [source, destination] = await bothSides(planner, key);
  if (source === undefined) throw vanished(key);
  return decide(planner, source, destination);
}

function decide(planner: Planner, source: KnownObject, destination: KnownObject | undefined): ObjectPlan {
  const plan = planCopy(planner, source);
  return needsCopy({ source, destination, wanted: plan.headers }) ? plan : 'unchanged';
}

function planCopy({ surrogateKey }: Planner, source: KnownObject): PlannedCopy {
  return { source, headers: editionHeaders(source.headers, { surrogateKey }) };
}

async function knownSource(planner: Planner, key: string): Promise<KnownObject> {
  const source = await planner.source.know(key);
  if (source === undefined) throw vanished(key);
  return source;
}

/** Asks both at once and waits for both, so that a failure of one leaves no request of the other behind. */
async function bothSides(
  planner: Planner,
  key: string,
): Promise<readonly [source: KnownObject | undefined, destination: KnownObject | undefined]> {
  const [source, destination] = await Promise.allSettled([
    planner.source.know(key),
    planner.destination.know(key),
  ]);
  if (source.status === 'rejected') throw source.reason;
  if (destination.status === 'rejected') throw destination.reason;
  return [source.value, destination.value];
}

function vanished(key: string): KeeperError {
  return new KeeperError(
    'source_changed',
    `The build was changed while it was published: it no longer has "${key}"`,
  );
}
