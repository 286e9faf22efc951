import type { CopyControl, CopyJob } from '../../src/copy-engine/copy-job.js';
import { CopyProgress } from '../../src/copy-engine/progress.js';
import type { Site, TestObject } from './test-store.js';

/** Keys that S3 allows and that code tends to get wrong, each once, in the order in which S3 lists them. */
export const oddKeys: readonly string[] = [
  ' leading space',
  '!important(*).css',
  '%41%2F.html',
  '+plus + space.html',
  '../up.html',
  './here.html',
  '//double.html',
  'a',
  'a b/c d.html',
  'a//b',
  'a/',
  'a/../b',
  'a/b',
  `long-${'x'.repeat(970)}.html`,
  'query?a=b&c=d#e.html',
  `quotes'"<>&.html`,
  'tab\tand\nnewline.txt',
  'umlaut-ä.html',
  'umlaut-a\u0308.html',
  'ａ-fullwidth.html',
  '\uffee.html',
  '😀.html',
].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** A copy, but for the build's manifest and what is known of the destination. */
export type TestJob = Omit<CopyJob, 'build' | 'known'>;

/** Makes jobs in a bucket, each with prefixes of its own. */
export function copyJobs(bucket: string): (changes?: Partial<TestJob>) => TestJob {
  let made = 0;
  return (changes = {}) => {
    made += 1;
    return {
      bucket,
      sourcePrefix: `p${made}/builds/1/`,
      destinationPrefix: `p${made}/v/v1/`,
      surrogateKey: 'edition-key',
      acl: 'public-read',
      concurrency: 16,
      directoryRedirects: true,
      ...changes,
    };
  };
}

/** Nothing stops it, nobody watches it. */
export function quietControl(): CopyControl {
  return {
    signal: new AbortController().signal,
    mayWrite: () => undefined,
    progress: new CopyProgress(),
  };
}

/** Objects with these keys, each with content of its own. */
export function newSite(keys: readonly string[]): Site {
  return Object.fromEntries(keys.map((key, at) => [key, { body: `content ${at} of ${key}` }]));
}

/** An HTML page. */
export function page(body: string): TestObject {
  return { body, headers: { system: { 'content-type': 'text/html' } } };
}
