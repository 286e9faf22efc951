import type { Edition } from '../db/models/edition.js';
import type { EditionSettings } from '../db/queries/editions.js';
import { LtdError } from '../domain/errors.js';
import { sameGitRefs } from '../domain/git-refs.js';
import { invalidSlugMessage, isPathSlug, maxPathSlug } from '../domain/slugs.js';
import { isTrackingMode, type TrackingMode, unknownModeMessage } from '../domain/tracking/tracking.js';

/** The requested settings of an edition; absent ones do not change. */
export interface SettingsRequest {
  readonly tracked_refs?: readonly string[] | undefined;
  readonly mode?: string | undefined;
  readonly title?: string | undefined;
}

/**
 * Returns the requested settings that differ from the edition's.
 *
 * @throws {LtdError} `invalid` for an unknown mode, and for `git_refs` without refs.
 */
export function changedSettings(
  edition: Pick<Edition, 'title' | 'mode' | 'tracked_refs'>,
  request: SettingsRequest,
): EditionSettings {
  const { title, tracked_refs: refs } = request;
  const mode = request.mode === undefined ? undefined : checkTrackingMode(request.mode);
  if (mode === 'git_refs' && (refs ?? edition.tracked_refs) === null)
    throw new LtdError('invalid', 'Invalid Edition: missing tracked_refs');
  const sameRefs = refs === undefined || (edition.tracked_refs !== null && sameGitRefs(refs, edition.tracked_refs));
  return {
    ...(sameRefs ? {} : { tracked_refs: [...refs] }),
    ...(mode === undefined || mode === edition.mode ? {} : { mode }),
    ...(title === undefined || title === edition.title ? {} : { title }),
  };
}

/**
 * Returns a client's tracking mode.
 *
 * @throws {LtdError} `invalid` for an unknown mode, with the known ones.
 */
export function checkTrackingMode(mode: string): TrackingMode {
  if (!isTrackingMode(mode)) throw new LtdError('invalid', unknownModeMessage(mode));
  return mode;
}

/**
 * Returns a client's slug for a build or an edition.
 *
 * @throws {LtdError} `invalid` if the slug cannot be a part of an address.
 */
export function checkPathSlug(slug: string): string {
  if (!isPathSlug(slug)) throw new LtdError('invalid', invalidSlugMessage(slug, maxPathSlug));
  return slug;
}
