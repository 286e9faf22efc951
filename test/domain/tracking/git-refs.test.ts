import { itDecides } from './tracking-cases.js';

describe('tracking mode git_refs', () => {
  const trackedRefs = ['main'];

  itDecides('git_refs', true, [
    { why: 'the first build of its refs', candidate: [1, 'main'], trackedRefs },
    { why: 'a newer build of its refs', candidate: [2, 'main'], declared: [1, 'main'], trackedRefs },
    { why: 'the declared build announced again', candidate: [1, 'main'], declared: [1, 'main'], trackedRefs },
    { why: 'several refs in their order', candidate: [1, 'a', 'b'], trackedRefs: ['a', 'b'] },
    {
      why: 'its refs after a build of another branch was set by hand, even one registered later',
      candidate: [3, 'main'],
      declared: [9, 'feature'],
      tracked: [2, 'main'],
      trackedRefs,
    },
    {
      why: 'its new refs after it was pointed at another branch, whichever was registered first',
      candidate: [3, 'main'],
      declared: [9, 'feature'],
      tracked: [9, 'feature'],
      trackedRefs,
    },
    {
      why: 'a newer build than the one that a person went back from',
      candidate: [4, 'main'],
      declared: [1, 'main'],
      tracked: [3, 'main'],
      trackedRefs,
    },
    {
      why: 'the build that a person went back to, announced again',
      candidate: [1, 'main'],
      declared: [1, 'main'],
      tracked: [3, 'main'],
      trackedRefs,
    },
    {
      why: 'a build after one set by hand that tracking never declared',
      candidate: [2, 'main'],
      declared: [1, 'main'],
      tracked: null,
      trackedRefs,
    },
  ]);

  itDecides('git_refs', false, [
    { why: 'another branch', candidate: [1, 'feature'], trackedRefs },
    { why: 'its refs in another order', candidate: [1, 'b', 'a'], trackedRefs: ['a', 'b'] },
    { why: 'a build of more refs', candidate: [1, 'main', 'b'], trackedRefs },
    { why: 'everything where it stores no refs', candidate: [1, 'main'], trackedRefs: null },
    { why: 'an older build that ends late', candidate: [1, 'main'], declared: [2, 'main'], trackedRefs },
    {
      why: 'an older build that ends after a newer one was set by hand',
      candidate: [2, 'main'],
      declared: [3, 'main'],
      tracked: [1, 'main'],
      trackedRefs,
    },
    {
      why: 'a build registered before the one that a person went back from',
      candidate: [2, 'main'],
      declared: [1, 'main'],
      tracked: [3, 'main'],
      trackedRefs,
    },
    {
      why: 'the very build that a person went back from',
      candidate: [3, 'main'],
      declared: [1, 'main'],
      tracked: [3, 'main'],
      trackedRefs,
    },
    { why: 'its refs once it is deprecated', candidate: [1, 'main'], trackedRefs, deprecated: true },
  ]);
});
