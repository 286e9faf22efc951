import type { Conditions } from './conditions.js';
import type { Publication } from './measure-publication.js';
import type { Measurement } from './measure-sizes.js';

const header = [
  '| objects | publication | runs | PATCH answered p50 | max | at the edge p50 | max | SUCCESS p50 | max |',
  '| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
];

/** The measurements and conditions as a Markdown table. */
export function reportTable(measurements: readonly Measurement[], under: Conditions): string {
  return `${[...header, ...measurements.map(row)].join('\n')}\n\n${describeConditions(under)}\n`;
}

function row({ objects, case: name, publications }: Measurement): string {
  const cells = [
    objects.toLocaleString('en'),
    name,
    publications.length,
    ...medianAndMax(publications, ({ patch }) => patch),
    ...medianAndMax(publications, ({ visible }) => visible),
    ...medianAndMax(publications, ({ success }) => success),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The median and the maximum. */
function medianAndMax(
  publications: readonly Publication[],
  pick: (publication: Publication) => number | null,
): readonly string[] {
  const values = publications.flatMap((publication) => pick(publication) ?? []).sort((a, b) => a - b);
  return [values[Math.floor((values.length - 1) / 2)], values.at(-1)].map(duration);
}

function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–';
  if (milliseconds < 1_000) return `${milliseconds.toFixed(0)} ms`;
  return `${(milliseconds / 1_000).toFixed(2)} s`;
}

/** The conditions in one sentence. */
export function describeConditions(under: Conditions): string {
  const { date, cpu, cores, memoryGiB, load, system, node, storeLatency } = under;
  const store = storeLatency === 0 ? 'no added latency' : `${storeLatency} ms of added latency`;
  const busy = load < 1 ? 'otherwise idle' : `busy with other work (load average ${load})`;
  return (
    `${date}; ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${busy}; ` +
    `${system}, Node.js ${node}; object store with ${store}.`
  );
}
