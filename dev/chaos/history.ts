/*
 * What is written down of a run, and all that the checks see of it. Times are milliseconds since the epoch, of the one
 * clock that the programs and PostgreSQL share.
 */

/** What a request asks for. */
export const requestVerbs = ['register', 'announce', 'roll back', 'rebuild', 'rename', 'reset', 'deprecate'] as const;

/** One of {@link requestVerbs}. */
export type RequestVerb = (typeof requestVerbs)[number];

/** A request to the API that would change something. */
export interface RequestEvent {
  readonly kind: 'request';
  /** When it was sent. */
  readonly at: number;
  /** When it was answered, or given up. */
  readonly ended: number;
  readonly verb: RequestVerb;
  /** Which process of the API was asked. */
  readonly api: string;
  readonly product: string;
  /** HTTP's; 0 where no answer came. */
  readonly status: number;
  /** The id of its task, where it was accepted. */
  readonly task: string | null;
  readonly edition: number | null;
  readonly build: number | null;
  /** The slug that a rename asks for. */
  readonly slug: string | null;
}

/** A page that a reader asked the edge for. */
export interface ReadEvent {
  readonly kind: 'read';
  readonly at: number;
  readonly ended: number;
  readonly product: string;
  /** Of the edition, as it stands in the address. */
  readonly slug: string;
  /** Within the edition: `guide/start.html`. */
  readonly path: string;
  /** HTTP's; 0 where no answer came. */
  readonly status: number;
  /** The build that the page says it is of; null for a page that is not whole, or is another one. */
  readonly build: number | null;
}

/** A fault that began or ended, or could not be applied: `missed`. */
export interface FaultEvent {
  readonly kind: 'fault';
  readonly at: number;
  readonly fault: string;
  readonly phase: 'begins' | 'ends' | 'missed';
  /** Whom it hit; why it hit nobody. */
  readonly detail: string;
}

/** A copy to an edition's prefix that the object store has carried out. */
export interface WriteEvent {
  readonly kind: 'write';
  /** When it took effect. */
  readonly at: number;
  /** Of the copy. */
  readonly key: string;
  /** What was copied. */
  readonly source: string;
}

/** An object of an edition that the object store has removed for the service. */
export interface RemovalEvent {
  readonly kind: 'removal';
  /** When it took effect. */
  readonly at: number;
  readonly key: string;
}

/** A page of a build that was replaced after the build had been announced. */
export interface ChangeEvent {
  readonly kind: 'change';
  readonly at: number;
  readonly build: number;
  readonly path: string;
  /** Of what it is from then on: counts from 1. */
  readonly revision: number;
}

/** An event of the service that its receiver has taken. */
export interface DeliveryEvent {
  readonly kind: 'delivery';
  readonly at: number;
  readonly edition: number;
  readonly build: number;
}

/** A mark between the parts of a run. */
export interface MarkEvent {
  readonly kind: 'mark';
  readonly at: number;
  readonly mark: 'faults begin' | 'faults end' | 'at rest';
}

/** Something that happened. */
export type ChaosEvent =
  RequestEvent | ReadEvent | FaultEvent | WriteEvent | RemovalEvent | ChangeEvent | DeliveryEvent | MarkEvent;

/** The product of an accepted request: 2xx, with a task. */
export type AcceptedRequest = RequestEvent & { readonly task: string };

/** Whether a request was acknowledged: it must be accounted for. */
export function isAccepted(event: ChaosEvent): event is AcceptedRequest {
  return event.kind === 'request' && event.status >= 200 && event.status < 300 && event.task !== null;
}

/** Whether a request may have been carried out: accepted, or without an answer that says no. */
export function mayHaveCounted(event: RequestEvent): boolean {
  return event.status === 0 || event.status >= 500 || (event.status >= 200 && event.status < 300);
}

/** Whether a request may have been carried out after another: what was given up may come at any time. */
export function mayBeAfter(later: RequestEvent, earlier: RequestEvent): boolean {
  return later.status === 0 || later.status >= 500 || later.ended >= earlier.at;
}

/** The requests of a history. */
export function requestsOf(events: readonly ChaosEvent[]): readonly RequestEvent[] {
  return events.filter((event) => event.kind === 'request');
}

/** The reads of a history. */
export function readsOf(events: readonly ChaosEvent[]): readonly ReadEvent[] {
  return events.filter((event) => event.kind === 'read');
}

/** The copies of a history. */
export function writesOf(events: readonly ChaosEvent[]): readonly WriteEvent[] {
  return events.filter((event) => event.kind === 'write');
}

/** What was removed of editions. */
export function removalsOf(events: readonly ChaosEvent[]): readonly RemovalEvent[] {
  return events.filter((event) => event.kind === 'removal');
}

/** What was changed of builds. */
export function changesOf(events: readonly ChaosEvent[]): readonly ChangeEvent[] {
  return events.filter((event) => event.kind === 'change');
}

/** What the receiver of events was told. */
export function deliveriesOf(events: readonly ChaosEvent[]): readonly DeliveryEvent[] {
  return events.filter((event) => event.kind === 'delivery');
}

/** When a mark was passed; undefined when it never was. */
export function markOf(events: readonly ChaosEvent[], mark: MarkEvent['mark']): number | undefined {
  return events.find((event) => event.kind === 'mark' && event.mark === mark)?.at;
}

/** An event in a line for people; `start` is when the run began. */
export function describeEvent(event: ChaosEvent, start: number): string {
  const time = `${((event.at - start) / 1_000).toFixed(3).padStart(9)} s`;
  switch (event.kind) {
    case 'request':
      return (
        `${time}  ${event.verb}${about(event)} at ${event.api}: ${event.status} ` +
        `after ${event.ended - event.at} ms${event.task === null ? '' : `, task ${event.task}`}`
      );
    case 'read':
      return (
        `${time}  read ${event.product}/${event.slug}/${event.path}: ${event.status}, ` +
        `build ${event.build ?? 'none'}`
      );
    case 'fault':
      return `${time}  *** ${event.fault} ${event.phase} (${event.detail})`;
    case 'write':
      return `${time}  write ${event.key} from ${event.source}`;
    case 'removal':
      return `${time}  remove ${event.key}`;
    case 'change':
      return `${time}  *** ${event.path} of build ${event.build} is changed, revision ${event.revision}`;
    case 'delivery':
      return `${time}  told: edition ${event.edition} shows build ${event.build}`;
    case 'mark':
      return `${time}  === ${event.mark}`;
    default:
      return event satisfies never;
  }
}

function about({ product, edition, build, slug }: RequestEvent): string {
  const parts = [
    product,
    ...(edition === null ? [] : [`edition ${edition}`]),
    ...(build === null ? [] : [`build ${build}`]),
    ...(slug === null ? [] : [`slug ${slug}`]),
  ];
  return ` ${parts.join(' ')}`;
}
