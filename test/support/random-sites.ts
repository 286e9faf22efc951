import fc from 'fast-check';
import { oddKeys } from './copy-jobs.js';
import type { Site, TestObject } from './test-store.js';

const keys = fc.oneof(
  fc.constantFrom(...oddKeys, 'index.html', 'a.html', 'b/index.html', 'style.css'),
  fc.string({
    unit: fc.constantFrom('a', '/', '.', ' ', '+', '%', '"', 'é', '\uffee', '\u{1f600}'),
    minLength: 1,
    maxLength: 6,
  }),
);

// Few values of each, so that two sites often share an object, or all of it but one header.
const objects: fc.Arbitrary<TestObject> = fc.record({
  body: fc.constantFrom('', 'one', 'two', 'three'),
  headers: fc.record({
    system: fc.record(
      {
        'content-type': fc.constantFrom('text/html', 'text/css; charset="utf-8"'),
        'content-encoding': fc.constant('gzip'),
        'content-language': fc.constant('de, en'),
        'content-disposition': fc.constant('attachment; filename="a, b;c.html"'),
        'cache-control': fc.constant('max-age=60'),
        expires: fc.constantFrom('0', 'Thu, 01 Dec 2026 16:00:00 GMT'),
        'x-amz-website-redirect-location': fc.constant('/else where?%20'),
      },
      { requiredKeys: [] },
    ),
    metadata: fc.dictionary(
      fc.constantFrom('surrogate-key', 'surrogate-control', 'dir-redirect', 'mtime', 'x-~_.9'),
      fc.constantFrom('1', 'two  words, "quoted"'),
      { maxKeys: 2 },
    ),
  }),
});

/** Sites of 1 to 10 small objects with keys and headers that S3 allows and that code often mistakes. */
export const randomSites: fc.Arbitrary<Site> = fc
  .uniqueArray(fc.tuple(keys, objects), { selector: ([key]) => key, minLength: 1, maxLength: 10 })
  .map((entries) => Object.fromEntries(entries));
