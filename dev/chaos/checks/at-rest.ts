import type { FinalEdition } from '../final-state.js';
import { markOf } from '../history.js';
import { purgeRecovery, refusedSince } from './candidates.js';
import type { Check } from './violation.js';

/** With no help, all is at rest within this time of the last fault's end. Milliseconds. */
const usualPatience = 60_000;

/** Nothing is pending, half done or in somebody's hands, and that was so a minute after the last fault. */
export const atRest: Check = ({ events, final }) => {
  const ended = markOf(events, 'faults end');
  const rested = markOf(events, 'at rest');
  const patience = ended !== undefined && refusedSince(events, ended) < ended ? purgeRecovery : usualPatience;
  const late =
    ended === undefined || rested === undefined
      ? ['the editions never came to rest']
      : rested - ended > patience
        ? [`the editions came to rest only ${rested - ended} ms after the last fault, not within ${patience} ms`]
        : [];
  return [
    ...late,
    ...final.editions.flatMap(unrest),
    ...final.rebuilds
      .filter(({ outcome }) => outcome === null)
      .map(({ edition, generation }) => `generation ${generation} of edition ${edition} has no outcome`),
    ...final.dashboardsBehind.map((product) => `the dashboard of ${product} is behind`),
    ...final.editions.flatMap((edition) => untold(edition, final.rebuilds)),
  ];
};

function unrest({ id, pending, dirty, busy, slug, held, published, publishedSlug }: FinalEdition): readonly string[] {
  const wrong = [
    ...(pending ? ['pending'] : []),
    ...(dirty ? ['dirty'] : []),
    ...(busy ? ['in the hands of a plan or a writer'] : []),
    ...(held.some((each) => each !== slug) ? [`holding the slugs ${held.join(', ')}`] : []),
    ...(published !== null && publishedSlug !== slug ? [`published under ${publishedSlug ?? 'no slug'}`] : []),
  ];
  return wrong.map((what) => `edition ${id} (${slug}) is ${what}`);
}

/** What is published is what the history says was published last. */
function untold(
  { id, published }: FinalEdition,
  rebuilds: Parameters<Check>[0]['final']['rebuilds'],
): readonly string[] {
  const last = rebuilds
    .filter(({ edition, outcome }) => edition === id && outcome === 'published')
    .reduce((newest, { generation, build }) => (generation > newest.generation ? { generation, build } : newest), {
      generation: 0,
      build: null as number | null,
    });
  return last.build === published
    ? []
    : [`edition ${id} has build ${published ?? 'none'} published, and its history says ${last.build ?? 'none'}`];
}
