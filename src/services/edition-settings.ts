import type { Edition } from '../db/models/edition.js';
import type { EditionSettings } from '../db/queries/editions.js';
import { LtdError } from '../domain/errors.js';
import { sameGitRefs } from '../domain/git-refs.js';
import { invalidSlugMessage, isPathSlug, maxPathSlug } from '../domain/slugs.js';
import { isTrackingMode, type TrackingMode, unknownModeMessage } from '../domain/tracking/tracking.js';

/** What a request says of an edition's settings; what is absent stays. */
export interface SettingsRequest {
  readonly tracked_refs?: readonly string[] | undefined;
  readonly mode?: string | undefined;
  readonly title?: string | undefined;
}

/**
 * The settings that a request changes: those that it names and that are different now.
 *
 * @throws {LtdError} `invalid` for a mode that does not exist, and for `git_refs` where no refs are stored.
 */
export function changedSettings(
  edition: Pick<Edition, 'title' | 'mode' | 'tracked_refs'>,
  request: SettingsRequest,
): EditionSettings {
  const { title, tracked_refs: refs } = request;
  const mode = request.mode === undefined ? undefined : checkTrackingMode(request.mode);
  if (mode === 'git_refs' && (refs ?? edition.tracked_refs) === null)
    throw new LtdError('invalid', 'Invalid Edition: missing tracked_refs');
  const sameRefs =
    refs === undefined || (edition.tracked_refs !== null && sameGitRefs(refs, edition.tracked_refs));
  return {
    ...(sameRefs ? {} : { tracked_refs: [...refs] }),
    ...(mode === undefined || mode === edition.mode ? {} : { mode }),
    ...(title === undefined || title === edition.title ? {} : { title }),
  };
}

/**
 * A tracking mode that a client named.
 *
 * @throws {LtdError} `invalid` for one that does not exist, naming those that do.
 */
export function checkTrackingMode(mode: string): TrackingMode {
  if (!isTrackingMode(mode)) throw new LtdError('invalid', unknownModeMessage(mode));
  return mode;
}

/**
 * A slug that a client chose for a build or an edition, as it is.
 *
 * @throws {LtdError} `invalid` for one that cannot be a part of an address.
 */
export function checkPathSlug(slug: string): string {
  if (!isPathSlug(slug)) throw new LtdError('invalid', invalidSlugMessage(slug, maxPathSlug));
  return slug;
}
