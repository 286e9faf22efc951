import { publishedEditionUrl } from '../published-urls.js';
import type { Dashboard, EditionEntry } from './arrange-dashboard.js';

/**
 * One entry of the pydata-sphinx-theme's version switcher (its user guide, "Version switcher dropdowns"). The theme
 * compares `version` with `version_match`. At most one entry is `preferred`: warnings on other versions link to it.
 */
export interface SwitcherEntry {
  readonly name: string;
  readonly version: string;
  /** Ends in a slash: the theme appends the page's own path. */
  readonly url: string;
  readonly preferred?: true;
}

/** Keeps the menu short; the dashboard lists all drafts. */
const maxDrafts = 20;

/**
 * Returns the entries of `switcher.json`: the current edition, the releases, the latest drafts. The newest stable
 * release is preferred, or the current edition if there is none.
 */
export function versionSwitcher(
  { current, releases, drafts }: Pick<Dashboard, 'current' | 'releases' | 'drafts'>,
  domain: string,
): readonly SwitcherEntry[] {
  const released = releases.filter(isPublished);
  const listed = [
    ...[current].filter((edition) => edition !== null).filter(isPublished),
    ...released,
    ...drafts.filter(isPublished).slice(0, maxDrafts),
  ];
  const preferred = released.find(({ isStable }) => isStable) ?? current;
  return listed.map((edition) => ({
    name: edition.title,
    version: edition.slug,
    url: `${publishedEditionUrl(domain, edition.slug)}/`,
    ...(edition === preferred ? { preferred: true } : {}),
  }));
}

function isPublished({ path }: EditionEntry): boolean {
  return path !== null;
}
