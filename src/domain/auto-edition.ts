import { sameGitRefs } from './git-refs.js';
import { autoEditionSlug } from './slugs.js';
import type { TrackingMode } from './tracking/tracking.js';

/** An edition of the build's product, as far as it matters to the making of another one. */
export interface ExistingEdition {
  readonly id: number;
  readonly slug: string;
  readonly mode: TrackingMode;
  readonly trackedRefs: readonly string[] | null;
  readonly deprecated: boolean;
}

/** What decides whether a new build makes an edition. */
export interface AutoEditionFacts {
  readonly gitRefs: readonly string[];
  /** At least all editions of the product that store these refs, deprecated ones too. */
  readonly editions: readonly ExistingEdition[];
  /** Whether a slug is an edition's, a deprecated one's too, or is still being vacated by one. */
  readonly isTaken: (slug: string) => boolean;
  /** Whether the caller may administer editions. */
  readonly mayAdminister: boolean;
}

/** Why a build makes no edition: for the log, a client is not told. */
export type NoEditionReason = 'tracked' | 'not_permitted' | 'slug_invalid' | 'slug_taken';

/** What a new build does to the editions of its product. */
export type AutoEdition =
  | { readonly kind: 'none'; readonly reason: NoEditionReason }
  | {
      readonly kind: 'create';
      readonly slug: string;
      readonly title: string;
      readonly trackedRefs: readonly string[];
    }
  | { readonly kind: 'revive'; readonly editionId: number }
  | { readonly kind: 'notice'; readonly text: string };

/**
 * What the registration of a build does to the editions: none is made where one stores its refs, whatever its mode; a
 * deprecated one that would follow them is revived; else one is made where the caller may. Nothing that prevents it
 * fails the request: a slug that is taken, or refs that make no slug, make no edition.
 */
export function autoEdition(facts: AutoEditionFacts): AutoEdition {
  const storing = facts.editions.filter(
    ({ trackedRefs }) => trackedRefs !== null && sameGitRefs(trackedRefs, facts.gitRefs),
  );
  if (storing.some(({ deprecated }) => !deprecated)) return { kind: 'none', reason: 'tracked' };
  // Several may have come and gone: the latest is the one that readers knew last.
  const deprecated = storing.toSorted((one, other) => other.id - one.id);
  const tracking = deprecated.find(({ mode }) => mode === 'git_refs');
  if (tracking !== undefined && facts.mayAdminister) return { kind: 'revive', editionId: tracking.id };
  const shown = tracking ?? deprecated[0];
  if (shown !== undefined) return { kind: 'notice', text: deprecatedNotice(facts.gitRefs, shown) };
  return newEdition(facts);
}

function newEdition({ gitRefs, isTaken, mayAdminister }: AutoEditionFacts): AutoEdition {
  if (!mayAdminister) return { kind: 'none', reason: 'not_permitted' };
  const slug = autoEditionSlug(gitRefs);
  if (slug === undefined) return { kind: 'none', reason: 'slug_invalid' };
  if (isTaken(slug)) return { kind: 'none', reason: 'slug_taken' };
  return { kind: 'create', slug, title: slug, trackedRefs: gitRefs };
}

function deprecatedNotice(gitRefs: readonly string[], { slug, mode }: ExistingEdition): string {
  const facts = `Only the deprecated edition '${slug}' has the git refs ${JSON.stringify(gitRefs)}, so no edition that tracks them publishes this build.`;
  return mode === 'git_refs'
    ? `${facts} It is revived when a user who may administer editions registers a build of them.`
    : `${facts} Its mode is '${mode}', so it does not follow them: let another edition track them to publish their builds.`;
}
