import { Pool } from 'undici';
import { createSeededRandom } from '../../dev/object-store/seeded-random.js';
import { assetsOf, isContentOf, type SiteVersion } from './versioned-site.js';

/**
 * The versions that an edition may show at a moment: from the one that is certainly published to the one in progress.
 */
export interface Shown {
  /** All versions in the order of publication; a version may occur again. */
  readonly chain: readonly SiteVersion[];
  /** The position in the chain of the version that is certainly published. */
  settled: number;
  /** The position of the newest requested version. */
  wanted: number;
}

/** The readers' observations. */
export interface ReadingReport {
  /** The number of checked answers, right or wrong. */
  checked: number;
  /** Descriptions of the first wrong answers. */
  readonly wrong: string[];
  /** 5xx answers and broken connections: faults of the store, after which a reader tries again. */
  unavailable: number;
  /** Assets of a page that were gone since it was read, and that the page does not name any more. */
  overtaken: number;
}

/** Running readers. */
export interface EditionReaders {
  readonly report: ReadingReport;
  /** Stops the readers after their current reads. */
  stop(): Promise<void>;
}

/** The addresses to read, and the number of readers. */
export interface ReadingOptions {
  readonly edgeUrl: string;
  readonly product: string;
  readonly shown: Shown;
  /** Concurrent reads. @default 12 */
  readonly readers?: number;
}

/** An answer, and the range of the chain from which it may be. */
interface Answer {
  readonly path: string;
  readonly status: number;
  readonly body: string;
  readonly oldest: number;
  readonly newest: number;
}

/** Further wrong answers are only counted. */
const maxTold = 20;

/**
 * Starts readers that request every address of an edition repeatedly, at random, and follow each page to all its
 * assets. They check every answer against what the edition may show at that moment:
 *
 * - an address in all these versions exists, whole, as in one of them;
 * - an address in some of them does too, or is not found;
 * - an asset that a page names exists with the content that its name says, unless the page, requested again, does not
 *   name it any more.
 */
export function startReaders({ edgeUrl, product, shown, readers = 12 }: ReadingOptions): EditionReaders {
  const pool = new Pool(edgeUrl, { connections: readers });
  const host = `${product}.localhost`;
  const report: ReadingReport = { checked: 0, wrong: [], unavailable: 0, overtaken: 0 };
  const random = createSeededRandom(readers);
  let isStopped = false;

  const read = async (path: string): Promise<Answer | null> => {
    const oldest = shown.settled;
    try {
      const { statusCode: status, body } = await pool.request({
        method: 'GET',
        path: `/${path}`,
        headers: { host },
      });
      const answer = { path, status, body: await body.text(), oldest, newest: shown.wanted };
      if (status < 500) return answer;
    } catch {
      // The edge cuts the connection when it cannot send the whole answer, which the reader sees.
    }
    report.unavailable += 1;
    return null;
  };
  const judge = (verdict: string | null): void => {
    report.checked += 1;
    if (verdict !== null && report.wrong.push(verdict) > maxTold) report.wrong.length = maxTold;
  };
  const visit = async (path: string): Promise<void> => {
    const page = await read(path);
    if (page === null) return;
    judge(verdictOf(page, shown));
    if (page.status !== 200 || !path.endsWith('.html')) return;
    for (const asset of assetsOf(page.body)) {
      const answer = await read(asset);
      if (answer?.status !== 404) {
        if (answer !== null) judge(isContentOf(asset, answer.body) ? null : told(answer, 'is not what its name says'));
        continue;
      }
      const again = await read(path);
      if (again === null) continue;
      if (again.status === 404 || !assetsOf(again.body).includes(asset)) report.overtaken += 1;
      else judge(told(answer, `is not there, and ${path} names it`));
    }
  };
  const lane = async (): Promise<void> => {
    while (!isStopped) await visit(anyPath(shown, random));
  };
  const lanes = Promise.all(Array.from({ length: readers }, lane));
  return {
    report,
    stop: async () => {
      isStopped = true;
      await lanes;
      await pool.close();
    },
  };
}

function anyPath({ chain, settled, wanted }: Shown, random: () => number): string {
  const version = chain[random() < 0.5 ? settled : wanted] ?? new Map<string, string>();
  const paths = [...version.keys()];
  return paths[Math.floor(random() * paths.length)] ?? '';
}

/** The error of an answer; null when it is right. */
function verdictOf(answer: Answer, { chain }: Shown): string | null {
  const { path, status, body, oldest, newest } = answer;
  const contents = chain.slice(oldest, newest + 1).map((version) => version.get(path));
  if (status === 404)
    return contents.includes(undefined) ? null : told(answer, 'is not found, and all versions have it');
  if (status !== 200) return told(answer, `answered ${status}`);
  return contents.includes(body) ? null : told(answer, 'is as no version has it that may be shown');
}

function told({ path, oldest, newest }: Answer, what: string): string {
  return `/${path} ${what} (publications ${oldest} to ${newest})`;
}
