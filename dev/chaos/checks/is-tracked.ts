import type { FinalBuild, FinalEdition } from '../final-state.js';

/** Whether the edition follows the refs of the build. */
export function isTracked(build: FinalBuild, { product, refs }: FinalEdition): boolean {
  return build.product === product && refs !== null && JSON.stringify(refs) === JSON.stringify(build.refs);
}
