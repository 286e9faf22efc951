import { sameGitRefs } from './git-refs.js';
import { autoEditionSlug } from './slugs.js';
import type { TrackingMode } from './tracking/tracking.js';

/** What the decision needs of an existing edition of the build's product. */
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
  /** All editions of the product that store these refs, including deprecated ones; may hold others. */
  readonly editions: readonly ExistingEdition[];
  /** Whether an edition has the slug (a deprecated one counts) or still has objects at its prefix after a rename. */
  readonly isTaken: (slug: string) => boolean;
  /** Whether the caller may administer editions. */
  readonly mayAdminister: boolean;
}

/** Why a build makes no edition, for the log. {@link nowhereNotice} tells the client. */
export type NoEditionReason = 'tracked' | 'not_permitted' | 'slug_invalid' | 'slug_taken';

/** What the registration of a build does to the editions of its product. */
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
 * Decides what the registration of a build does to the editions. An active edition that stores the refs, in any mode,
 * prevents a new one. A deprecated edition that tracks them is revived. Otherwise the caller's permission decides.
 * A taken slug, or refs that make no valid slug, never fail the request.
 */
export function autoEdition(facts: AutoEditionFacts): AutoEdition {
  const storing = facts.editions.filter(
    ({ trackedRefs }) => trackedRefs !== null && sameGitRefs(trackedRefs, facts.gitRefs),
  );
  if (storing.some(({ deprecated }) => !deprecated)) return { kind: 'none', reason: 'tracked' };
  // The latest of several deprecated editions is the one that readers saw last.
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

/**
 * Returns why no edition publishes a build, and how to publish it.
 *
 * @param facts - as for {@link autoEdition}; `mayAdminister` is about the user who asks.
 */
export function nowhereNotice({ gitRefs, editions, isTaken, mayAdminister }: AutoEditionFacts): string {
  const refs = shortened(gitRefs);
  const storing = editions.find(
    ({ trackedRefs, deprecated }) => !deprecated && trackedRefs !== null && sameGitRefs(trackedRefs, gitRefs),
  );
  if (storing?.mode === 'git_refs')
    return (
      `The edition '${storing.slug}' tracks the git refs ${refs}, but has already followed a newer build, ` +
      "so nothing publishes this one. To publish it, set it as the edition's build_url."
    );
  if (storing !== undefined)
    return (
      `The edition '${storing.slug}' has the git refs ${refs}, but its mode is '${storing.mode}', so it ` +
      "does not follow them and nothing publishes this build. To publish it, set it as the edition's " +
      'build_url.'
    );
  const slug = autoEditionSlug(gitRefs);
  return (
    `No edition tracks the git refs ${refs}, so nothing publishes this build. ${whyNone()}To publish it, ` +
    'make an edition that tracks them or has it as build_url.'
  );

  function whyNone(): string {
    if (slug === undefined)
      return 'They make no slug of an edition, which has letters, digits, "-", "." and "_", 255 at most. ';
    if (isTaken(slug)) return `The slug "${slug}" that they make is taken by another edition. `;
    return mayAdminister ? '' : 'You may not administer editions, so none was made. ';
  }
}

/** The refs, cut to 200 characters: a build can have 400 kB of them. */
function shortened(gitRefs: readonly string[]): string {
  const text = JSON.stringify(gitRefs);
  return text.length > 200 ? `${Array.from(text.slice(0, 400)).slice(0, 200).join('')}...` : text;
}

function deprecatedNotice(gitRefs: readonly string[], { slug, mode }: ExistingEdition): string {
  const facts =
    `Only the deprecated edition '${slug}' has the git refs ${shortened(gitRefs)}, so no edition that ` +
    'tracks them publishes this build.';
  return mode === 'git_refs'
    ? `${facts} It is revived when a user who may administer editions registers a build of them.`
    : `${facts} Its mode is '${mode}', so it does not follow them: let another edition track them to ` +
        'publish their builds.';
}
