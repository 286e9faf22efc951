import type { EventOutcome } from './edition-event.js';

/** What became of telling the world of publications: nothing to tell, not told yet, told, refused for good. */
export const eventsStates = ['none', 'waiting', 'delivered', 'rejected'] as const;
export type EventsState = (typeof eventsStates)[number];

/** The delivery of one event. */
export interface EventFacts {
  /** Null while it is not known to be taken, however often it has been sent. */
  readonly outcome: EventOutcome | null;
  /** Why it was refused, the last time or for good. */
  readonly error: string | null;
}

/** How far the events of a task are, taken together, and why one was refused where one was. */
export interface EventsProgress {
  readonly state: EventsState;
  readonly error: string | null;
}

/** The state of all events of a task: `waiting` as long as any is, else `rejected` where any was. */
export function eventsProgress(events: readonly EventFacts[]): EventsProgress {
  const refused =
    events.find(({ outcome }) => outcome === 'rejected') ?? events.find(({ error }) => error !== null);
  return { state: stateOf(events), error: refused?.error ?? null };
}

function stateOf(events: readonly EventFacts[]): EventsState {
  if (events.some(({ outcome }) => outcome === null)) return 'waiting';
  return (
    (['rejected', 'delivered'] as const).find((word) => events.some(({ outcome }) => outcome === word)) ??
    'none'
  );
}
