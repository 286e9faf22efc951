import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitedSignal } from '../process/limited-signal.js';
import { readFinishedTask, readTask, type ReadTaskDeps, type TaskView } from './read-task.js';

/** Which task to read, and how long to wait for its end. */
export interface ReadTaskInput {
  readonly taskId: string;
  /** Seconds; 0 answers at once. */
  readonly waitSeconds: number;
  /** Ends the wait early: the client is gone, or the process stops. */
  readonly signal: AbortSignal;
}

/** One task that requests wait for. Each request listens once for `ended`, or for the `error` of a look. */
interface Watch {
  readonly events: EventEmitter<{ ended: [TaskView]; error: [unknown] }>;
  /** The last read of the open task for a request whose time was up. */
  read?: { readonly begunAt: number; readonly view: Promise<TaskView> };
}

/**
 * How long a watch rests between two looks. Short at first, so that waiting does not slow a small site down, then in
 * proportion to the watch's age. Milliseconds.
 */
const rest = { shortest: 20, longest: 250, share: 0.03 } as const;

/**
 * Reads tasks, and waits for their ends. All requests that wait for one task share one watch: it looks at the task's row,
 * and it reads the answer once for all of them. So a thousand requests cost about as much as one.
 */
export class TaskWatches {
  readonly #deps: ReadTaskDeps;
  readonly #watches = new Map<string, Watch>();

  constructor(deps: ReadTaskDeps) {
    this.#deps = deps;
  }

  /** How many tasks are watched. */
  get size(): number {
    return this.#watches.size;
  }

  /**
   * The task at its end, or as it stands when the time is up or the signal aborts.
   *
   * @throws {LtdError} as {@link readTask}. An error of a look reaches every request that waits for the task.
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

  /** Requests share a read that began after each of them came, and no longer ago than a watch rests. */
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

  /** Looks at the task until it ends, a look fails, or nobody waits. */
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
