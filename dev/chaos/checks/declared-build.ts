import type { FinalEdition, FinalState } from '../final-state.js';
import { type ChaosEvent, isAccepted, mayBeAfter, mayHaveCounted, type RequestEvent, requestsOf } from '../history.js';
import { isTracked } from './is-tracked.js';
import type { Check } from './violation.js';

/**
 * The declared build of an edition is one that a request asked for, and no accepted request for another one was lost:
 * it was overtaken by one that may have come later, or, among the announced, by a newer build.
 */
export const declaredBuild: Check = ({ events, final }) =>
  final.editions
    .filter(({ deprecated }) => !deprecated)
    .flatMap((edition) => {
      const requests = declaring(events, final, edition);
      const invented = isInvented(requests, final, edition)
        ? [`edition ${edition.id} declares build ${edition.declared}, which nobody asked for`]
        : [];
      const lost = requests.filter(isAccepted).filter((request) => isLost(request, requests, final, edition));
      return [
        ...invented,
        ...lost.map(
          (request) =>
            `edition ${edition.id} declares build ${edition.declared ?? 'none'}, ` +
            `but '${request.verb}' of build ${request.build} ` +
            `(task ${request.task}) was accepted and nothing that came later explains it`,
        ),
      ];
    });

/** The requests that may have declared a build of the edition. */
function declaring(
  events: readonly ChaosEvent[],
  { builds }: FinalState,
  edition: FinalEdition,
): readonly RequestEvent[] {
  const tracked = new Set(builds.filter((build) => isTracked(build, edition)).map(({ id }) => id));
  return requestsOf(events)
    .filter(mayHaveCounted)
    .filter(({ verb, build, edition: of }) =>
      verb === 'announce' ? build !== null && tracked.has(build) : verb === 'roll back' && of === edition.id,
    );
}

function isInvented(
  requests: readonly RequestEvent[],
  { rebuilds }: FinalState,
  { id, declared }: FinalEdition,
): boolean {
  if (declared === null) return false;
  const fallenBack = rebuilds.some(
    (rebuild) => rebuild.edition === id && rebuild.build === declared && isFallback(rebuild.requestedBy),
  );
  return !fallenBack && !requests.some(({ build }) => build === declared);
}

/** After a failure the service itself goes back to an earlier build; its history says so. */
function isFallback(requestedBy: string): boolean {
  return requestedBy.startsWith('fallback');
}

function isLost(
  request: RequestEvent & { readonly build: number | null },
  others: readonly RequestEvent[],
  { rebuilds }: FinalState,
  { id, declared }: FinalEdition,
): boolean {
  const { build, at } = request;
  if (build === declared || build === null) return false;
  const fallenBack = rebuilds.some(
    (rebuild) => rebuild.edition === id && isFallback(rebuild.requestedBy) && rebuild.requestedAt >= at,
  );
  if (fallenBack) return false;
  // What was announced before, or something newer, makes an announcement say nothing.
  const saysNothing =
    request.verb === 'announce' &&
    others.some((other) => {
      const { verb, build: announced, at: sent } = other;
      return other !== request && verb === 'announce' && (announced ?? 0) >= build && sent <= request.ended;
    });
  return !saysNothing && !others.some((other) => explains(other, request, declared));
}

/** Whether `other` may be why the edition declares what it does, though `request` was accepted. */
function explains(other: RequestEvent, request: RequestEvent, declared: number | null): boolean {
  return other.build === declared && mayBeAfter(other, request);
}
