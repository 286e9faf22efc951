import type { AttemptOutcome, Turn, TurnRequest } from './admission.js';
import type { CongestionControl } from './congestion-control.js';
import type { Clock } from './request-clock.js';
import type { FlowPriority, StorePressure, StoreWait } from './admission.js';

/** While both wait, every so many-th turn is for a flow of low priority: it is slow then, but never stands still. */
const lowTurn = 16;

/** What a lane is made of. */
export interface LaneOptions {
  readonly control: CongestionControl;
  readonly clock: Clock;
}

/** A flow's place in a lane. */
export interface LanePlace {
  /** As an `Admission` promises. */
  enter(request: TurnRequest): Promise<Turn>;
  pressure(): StorePressure;
}

/** How it goes with all requests of one kind. */
export interface LaneState {
  /** Requests on their way. */
  readonly inFlight: number;
  /** How many may be. */
  readonly window: number;
  /** Requests that may be sent a second; null while the store has refused none. */
  readonly rate: number | null;
  /** How many attempts have ended so since the process began. */
  readonly ended: Readonly<Record<AttemptOutcome, number>>;
}

interface Waiting {
  readonly request: TurnRequest;
  readonly resolve: (turn: Turn) => void;
  readonly reject: (reason: unknown) => void;
}

interface Member {
  readonly priority: FlowPriority;
  readonly queue: Waiting[];
  inFlight: number;
  /** How many of its attempts have ended. */
  ended: number;
  /** When the first of the queue came, of those that wait now without a pause. */
  waitingSince: number;
}

/**
 * The line before one kind of requests. Flows that wait stand in a ring: whoever had a turn goes to its end, however
 * many requests it has, so that each gets its share.
 */
export class RequestLane {
  readonly #control: CongestionControl;
  readonly #clock: Clock;
  readonly #ended: Record<AttemptOutcome, number> = { answered: 0, refused: 0, unanswered: 0, unsent: 0 };
  readonly #rings: Readonly<Record<FlowPriority, Member[]>> = { normal: [], low: [] };
  #allEnded = 0;
  #inFlight = 0;
  #turns = 0;
  #isTimed = false;
  #heldBy: { readonly reason: 'pace' | 'window'; readonly since: number } | null = null;

  constructor({ control, clock }: LaneOptions) {
    this.#control = control;
    this.#clock = clock;
  }

  /** A place for a flow of that priority. */
  place(priority: FlowPriority): LanePlace {
    const member: Member = { priority, queue: [], inFlight: 0, ended: 0, waitingSince: 0 };
    return {
      enter: (request) =>
        new Promise((resolve, reject) => {
          this.#queue(member, { request, resolve, reject });
          this.#advance();
        }),
      pressure: () => this.#pressure(member),
    };
  }

  /** How it goes with the requests of all flows. */
  get state(): LaneState {
    const { window } = this.#control;
    return {
      inFlight: this.#inFlight,
      window,
      rate: this.#control.rate(this.#clock.now()),
      ended: this.#ended,
    };
  }

  #queue(member: Member, waiting: Waiting): void {
    if (member.queue.push(waiting) > 1) return;
    member.waitingSince = this.#clock.now();
    this.#rings[member.priority].push(member);
  }

  /** Gives turns as long as there is room. */
  #advance(): void {
    const now = this.#clock.now();
    for (let member = this.#next(); member !== undefined; member = this.#next()) {
      const delay = this.#control.delay(now, this.#inFlight);
      if (delay > 0) {
        this.#hold(delay, now);
        return;
      }
      const ring = this.#rings[member.priority];
      ring.shift();
      const waiting = member.queue.shift();
      if (member.queue.length > 0) ring.push(member);
      if (waiting !== undefined) this.#give(member, waiting);
    }
    this.#heldBy = null;
  }

  /** Who is first, without taking the place. */
  #next(): Member | undefined {
    const { normal, low } = this.#rings;
    const isLowTurn = this.#turns % lowTurn === lowTurn - 1;
    return isLowTurn ? (low[0] ?? normal[0]) : (normal[0] ?? low[0]);
  }

  #hold(delay: number, now: number): void {
    const reason = Number.isFinite(delay) ? 'pace' : 'window';
    if (this.#heldBy?.reason !== reason) this.#heldBy = { reason, since: now };
    if (reason === 'window' || this.#isTimed) return;
    this.#isTimed = true;
    this.#clock.later(delay, () => {
      this.#isTimed = false;
      this.#advance();
    });
  }

  #give(member: Member, { request, resolve, reject }: Waiting): void {
    try {
      // Whoever may not send any more must not wait until others have sent.
      request.gate?.();
    } catch (error) {
      reject(error);
      return;
    }
    this.#turns += 1;
    this.#inFlight += 1;
    member.inFlight += 1;
    this.#control.sent(request.cost);
    const sentAt = this.#clock.now();
    resolve({
      end: (outcome) => {
        this.#end(member, { sentAt, cost: request.cost, outcome });
      },
    });
  }

  #end(member: Member, attempt: { sentAt: number; cost: number; outcome: AttemptOutcome }): void {
    const { sentAt, cost, outcome } = attempt;
    this.#ended[outcome] += 1;
    this.#allEnded += 1;
    member.ended += 1;
    const wasFull = this.#inFlight >= this.#control.window;
    this.#inFlight -= 1;
    member.inFlight -= 1;
    if (outcome === 'unsent') this.#control.unsent(cost);
    else this.#control.ended(this.#clock.now(), { sentAt, cost, outcome, wasFull });
    this.#advance();
  }

  #pressure(member: Member): StorePressure {
    const waitsFor = this.#waitOf(member);
    return {
      inFlight: member.inFlight,
      window: this.#control.window,
      waitsFor,
      since: waitsFor === null ? null : Math.max(member.waitingSince, this.#heldBy?.since ?? 0),
      progress: member.ended + (member.queue.length > 0 ? this.#allEnded : 0),
    };
  }

  #waitOf(member: Member): StoreWait | null {
    if (this.#heldBy === null || member.queue.length === 0) return null;
    if (this.#heldBy.reason === 'pace' || this.#control.isHeldBack) return 'throttled';
    return this.#inFlight > member.inFlight ? 'busy' : null;
  }
}
