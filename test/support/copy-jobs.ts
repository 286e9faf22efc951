import type { CopyControl, CopyJob } from '../../src/copy-engine/copy-job.js';
import { CopyProgress } from '../../src/copy-engine/progress.js';
import type { Site, TestObject } from './test-store.js';

/** Keys that S3 allows and that code often mistakes, each once, in S3's listing order. */
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

/** A copy without the build's manifest and the known contents of the destination. */
export type TestJob = Omit<CopyJob, 'build' | 'known'>;

/** Creates jobs in a bucket, each with its own prefixes. */
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

/** A control that never stops a copy and ignores its progress. */
export function quietControl(): CopyControl {
  return {
    signal: new AbortController().signal,
    mayWrite: () => undefined,
    progress: new CopyProgress(),
  };
}

/** Objects with these keys, each with its own content. */
export function newSite(keys: readonly string[]): Site {
  return Object.fromEntries(keys.map((key, at) => [key, { body: `content ${at} of ${key}` }]));
}

/** An HTML page. */
export function page(body: string): TestObject {
  return { body, headers: { system: { 'content-type': 'text/html' } } };
}
