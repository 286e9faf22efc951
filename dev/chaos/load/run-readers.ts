import { setTimeout as sleep } from 'node:timers/promises';
import { readPage } from '../../client/read-page.js';
import { createSeededRandom } from '../../object-store/seeded-random.js';
import type { Recorder } from '../recorder.js';
import { readPageOf, sitePaths } from '../site.js';
import { anyOf, type World } from './world.js';

const readers = 3;

/** Each pauses between two pages. Milliseconds. */
const pause = 100;

/** What readers need. */
export interface Reading {
  readonly edgeUrl: string;
  readonly world: World;
  readonly recorder: Recorder;
  readonly seed: number;
}

/** Reads pages of all editions at the edge until the signal comes, and writes down what came. */
export async function runReaders(reading: Reading, signal: AbortSignal): Promise<void> {
  const each = Array.from({ length: readers }, (_, index) =>
    runReader(reading, createSeededRandom(reading.seed + 1_000 + index), signal),
  );
  await Promise.all(each);
}

async function runReader(reading: Reading, random: () => number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const edition = anyOf(random, reading.world.editions);
    const slug = anyOf(random, edition?.slugs.slice(-2) ?? []);
    const path = anyOf(random, sitePaths);
    if (edition !== undefined && slug !== undefined && path !== undefined) {
      const at = Date.now();
      const { product } = edition;
      const seen = await lookAt(reading.edgeUrl, { product, slug, path });
      reading.recorder.record({ kind: 'read', at, ended: Date.now(), product, slug, path, ...seen });
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** A page of an edition. */
export interface EditionPage {
  readonly product: string;
  readonly slug: string;
  readonly path: string;
}

/** What the edge answers for a page; status 0 where nothing came. */
export async function lookAt(
  edgeUrl: string,
  { product, slug, path }: EditionPage,
): Promise<{ readonly status: number; readonly build: number | null }> {
  try {
    const address = { edgeUrl, product, path: slug === 'main' ? `/${path}` : `/v/${slug}/${path}` };
    const { status, text } = await readPage(address);
    return { status, build: status === 200 ? readPageOf(path, text) : null };
  } catch {
    return { status: 0, build: null };
  }
}
