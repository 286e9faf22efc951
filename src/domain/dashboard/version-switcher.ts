import { publishedEditionUrl } from '../published-urls.js';
import type { Dashboard, EditionEntry } from './arrange-dashboard.js';

/**
 * One line of the version switcher of the pydata-sphinx-theme (its user guide, "Version switcher dropdowns"). `version`
 * is what the theme compares with `version_match`; at most one entry is `preferred`: the stable one, which warnings on
 * other versions lead to.
 */
export interface SwitcherEntry {
  readonly name: string;
  readonly version: string;
  /** Ends in a slash: the theme appends the page's own path. */
  readonly url: string;
  readonly preferred?: true;
}

/** A menu holds no list of all branches; the dashboard does. */
const maxDrafts = 20;

/**
 * The entries of `switcher.json`: the current edition, the releases, the latest drafts. The newest release is preferred,
 * or the current edition before there is one.
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
