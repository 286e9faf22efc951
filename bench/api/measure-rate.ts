import { Agent, request } from 'node:http';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCpuMeter } from './cpu-meter.js';
import { headersFor, type Load, type LoadResult, type Target } from './measure-load.js';

export interface Pace {
  /** Requests a second. */
  readonly rate: number;
  readonly seconds: number;
}

/**
 * Sends requests at an even rate, whether or not answers keep up, and measures each from its due time. autocannon
 * cannot do this: it sends the requests of a second at once, at its beginning.
 */
export async function measureRate(target: Target, load: Load, pace: Pace): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true });
  const times = createHistogram();
  const cpu = await startCpuMeter(target.pids);
  const began = performance.now();
  const requests: Promise<boolean>[] = [];
  for (let count = 0; count < pace.rate * pace.seconds; count += 1) {
    const due = began + (count * 1_000) / pace.rate;
    if (due > performance.now()) await sleep(due - performance.now());
    requests.push(
      ask(target, load, agent).finally(() => {
        times.record(Math.max(1, Math.round((performance.now() - due) * 1_000)));
      }),
    );
  }
  const answered = (await Promise.all(requests)).filter(Boolean).length;
  const seconds = (performance.now() - began) / 1_000;
  agent.destroy();
  return {
    target: target.name,
    load: load.name,
    connections: null,
    rate: pace.rate,
    requestsPerSecond: answered / seconds,
    p50: Math.round(times.percentile(50) / 1_000),
    p99: Math.round(times.percentile(99) / 1_000),
    failed: requests.length - answered,
    cpu: await cpu(answered),
  };
}

/** Returns whether the complete answer was a 2xx. */
function ask(target: Target, load: Load, agent: Agent): Promise<boolean> {
  const { method, path, body } = load.next();
  return new Promise((resolve) => {
    const sent = request(`${target.url}${path}`, { method, agent, headers: headersFor(target) }, (answer) => {
      const status = answer.statusCode ?? 0;
      answer.resume();
      answer.once('close', () => {
        resolve(answer.complete && status >= 200 && status < 300);
      });
    });
    sent.once('error', () => {
      resolve(false);
    });
    sent.end(body);
  });
}
