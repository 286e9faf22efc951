import type { Edition } from '../db/models/edition.js';
import type { EditionSettings } from '../db/queries/editions.js';
import { LtdError } from '../domain/errors.js';
import { sameGitRefs } from '../domain/git-refs.js';
import { checkTrackingMode } from './check-tracking-mode.js';

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
