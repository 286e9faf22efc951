import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitedSignal } from '../process/limits.js';
import { readFinishedTask, readTask, type ReadTaskDeps, type TaskView } from './read-task.js';

/** The task to read, and how long to wait for its end. */
export interface ReadTaskInput {
  readonly taskId: string;
  /** In seconds; 0 does not wait. */
  readonly waitSeconds: number;
  /** Ends the wait early: the client disconnected, or the process stops. */
  readonly signal: AbortSignal;
}

/** A task that requests wait for. Each request listens once for `ended` or `error`. */
interface Watch {
  readonly events: EventEmitter<{ ended: [TaskView]; error: [unknown] }>;
  /** The last read of the open task, for requests whose wait is over. */
  read?: { readonly begunAt: number; readonly view: Promise<TaskView> };
}

/**
 * The pause between two reads, in milliseconds. It is short at first, so that small sites answer quickly, then grows
 * with the watch's age.
 */
const rest = { shortest: 20, longest: 250, share: 0.03 } as const;

/**
 * Reads tasks and waits for their ends. All requests that wait for one task share one watch and its queries, so a
 * thousand requests cost about as much as one.
 */
export class TaskWatches {
  readonly #deps: ReadTaskDeps;
  readonly #watches = new Map<string, Watch>();

  constructor(deps: ReadTaskDeps) {
    this.#deps = deps;
  }

  /** The number of watched tasks. */
  get size(): number {
    return this.#watches.size;
  }

  /**
   * Returns the task at its end, or its current state when the time is over or the signal aborts.
   *
   * @throws {LtdError} as {@link readTask}. A failed query rejects all requests that wait for the task.
   */
  async read({ taskId, waitSeconds, signal }: ReadTaskInput): Promise<TaskView> {
    if (waitSeconds <= 0) return readTask(this.#deps, taskId);
    const cameAt = performance.now();
    const watch = this.#watches.get(taskId) ?? this.#begin(taskId);
    const limited = limitedSignal(waitSeconds * 1_000, signal);
    try {
      const [ended] = (await once(watch.events, 'ended', limited)) as [TaskView]; // as the watch emits it
      return ended;
    } catch (error) {
      if (!limited.signal.aborted) throw error;
      return await this.#readOpen(taskId, watch, cameAt);
    } finally {
      limited.end();
      if (watch.events.listenerCount('ended') === 0) this.#end(taskId, watch);
    }
  }

  /** Shares a read that began after the request arrived and at most one pause ago. */
  #readOpen(taskId: string, watch: Watch, cameAt: number): Promise<TaskView> {
    const now = performance.now();
    if (watch.read === undefined || watch.read.begunAt < Math.max(cameAt, now - rest.longest))
      watch.read = { begunAt: now, view: readTask(this.#deps, taskId) };
    return watch.read.view;
  }

  #begin(taskId: string): Watch {
    const watch: Watch = { events: new EventEmitter() };
    watch.events.setMaxListeners(0);
    this.#watches.set(taskId, watch);
    void this.#look(taskId, watch);
    return watch;
  }

  #end(taskId: string, watch: Watch): void {
    if (this.#watches.get(taskId) === watch) this.#watches.delete(taskId);
  }

  /** Polls the task until it ends, a query fails, or no request waits. */
  async #look(taskId: string, watch: Watch): Promise<void> {
    const begunAt = performance.now();
    try {
      while (this.#watches.get(taskId) === watch) {
        const ended = await readFinishedTask(this.#deps.knex, taskId);
        if (ended !== undefined) {
          watch.events.emit('ended', ended);
          return;
        }
        const age = performance.now() - begunAt;
        await sleep(Math.min(rest.longest, Math.max(rest.shortest, rest.share * age)));
      }
    } catch (error) {
      // Node.js throws an error that has no listener.
      if (watch.events.listenerCount('error') > 0) watch.events.emit('error', error);
    } finally {
      this.#end(taskId, watch);
    }
  }
}
