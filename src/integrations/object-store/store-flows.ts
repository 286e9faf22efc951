import {
  type Admission,
  type FlowPriority,
  type RequestKind,
  requestKinds,
  type StorePressure,
  type TurnRequest,
} from './admission.js';
import { CongestionControl } from './congestion-control.js';
import type { ObjectStore } from './object-store.js';
import { type Clock, systemClock } from './request-clock.js';
import { type LaneState, RequestLane } from './request-lane.js';

/** The requests of one piece of work: the copy of an edition, an audit. */
export interface StoreFlow {
  /** The store. Each attempt of a request waits for its turn, then its gate is asked, then it is sent. */
  readonly store: ObjectStore;
  readonly pressure: () => StorePressure;
  /** What is on its way ends as it will; new requests are a mistake. */
  close(): void;
}

/** What to open a flow for. */
export interface FlowOptions {
  /** @default normal */
  readonly priority?: FlowPriority;
}

/**
 * The one way of a process to its object store. It sends as many requests as the store takes, those that read and those
 * that write apart (AWS: 5,500 and 3,500 a second), and lets waiting flows take turns, so that a large edition never
 * holds up a small one.
 */
export interface StoreFlows {
  /** `name` says in messages what the flow is for. */
  open(name: string, options?: FlowOptions): StoreFlow;
  /** How it goes with the requests of all flows. */
  state(kind: RequestKind): LaneState;
}

/** What flows are made of. */
export interface StoreFlowsOptions {
  /** Builds the store whose attempts wait for `admission`. */
  readonly connect: (admission: Admission) => ObjectStore;
  /** The most requests of either kind on their way at a time. */
  readonly maxConcurrency: number;
  /** @default the system's */
  readonly clock?: Clock;
}

/** Builds the flows; nothing is sent. */
export function createStoreFlows({ connect, maxConcurrency, clock = systemClock }: StoreFlowsOptions): StoreFlows {
  const lane = (): RequestLane => new RequestLane({ control: new CongestionControl(maxConcurrency), clock });
  const lanes: Record<RequestKind, RequestLane> = { read: lane(), write: lane() };
  return {
    state: (kind) => lanes[kind].state,
    open: (name, { priority = 'normal' } = {}) => {
      let isOpen = true;
      const places = { read: lanes.read.place(priority), write: lanes.write.place(priority) };
      const enter = (request: TurnRequest) =>
        isOpen ? places[request.kind].enter(request) : Promise.reject(new TypeError(`The flow "${name}" is closed`));
      return {
        store: connect({ enter }),
        pressure: () => pressureOf(requestKinds.map((kind) => places[kind].pressure())),
        close: () => {
          isOpen = false;
        },
      };
    },
  };
}

/** Does something with a flow of its own. */
export async function withFlow<T>(
  flows: StoreFlows,
  flow: FlowOptions & { readonly name: string },
  work: (flow: StoreFlow) => Promise<T>,
): Promise<T> {
  const open = flows.open(flow.name, flow);
  try {
    return await work(open);
  } finally {
    open.close();
  }
}

/** Of both kinds: what it waits for is what the one says that waits longer. */
function pressureOf(kinds: readonly StorePressure[]): StorePressure {
  const [most] = [...kinds].sort((a, b) => b.inFlight - a.inFlight);
  const [longest] = kinds.filter(({ waitsFor }) => waitsFor !== null).sort((a, b) => (a.since ?? 0) - (b.since ?? 0));
  return {
    inFlight: kinds.reduce((sum, { inFlight }) => sum + inFlight, 0),
    window: (longest ?? most)?.window ?? 0,
    waitsFor: longest?.waitsFor ?? null,
    since: longest?.since ?? null,
    progress: kinds.reduce((sum, { progress }) => sum + progress, 0),
  };
}
