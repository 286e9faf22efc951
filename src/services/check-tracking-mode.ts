import { LtdError } from '../domain/errors.js';
import { isTrackingMode, type TrackingMode, unknownModeMessage } from '../domain/tracking/tracking.js';

/**
 * A tracking mode that a client named.
 *
 * @throws {LtdError} `invalid` for one that does not exist, naming those that do.
 */
export function checkTrackingMode(mode: string): TrackingMode {
  if (!isTrackingMode(mode)) throw new LtdError('invalid', unknownModeMessage(mode));
  return mode;
}
