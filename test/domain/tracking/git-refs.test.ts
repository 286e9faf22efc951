import { itDecides } from './tracking-cases.js';

describe('tracking mode git_refs', () => {
  const trackedRefs = ['main'];

  itDecides('git_refs', true, [
    { why: 'the first build of its refs', candidate: [1, 'main'], trackedRefs },
    { why: 'a newer build of its refs', candidate: [2, 'main'], declared: [1, 'main'], trackedRefs },
    {
      why: 'the declared build when it is completed again',
      candidate: [1, 'main'],
      declared: [1, 'main'],
      trackedRefs,
    },
    { why: 'several refs in their order', candidate: [1, 'a', 'b'], trackedRefs: ['a', 'b'] },
    {
      why: 'a build of its refs after one of another branch was set by hand, even one registered later',
      candidate: [3, 'main'],
      declared: [9, 'feature'],
      tracked: [2, 'main'],
      trackedRefs,
    },
    {
      why: 'a build of its new refs after they changed, whichever build was registered first',
      candidate: [3, 'main'],
      declared: [9, 'feature'],
      tracked: [9, 'feature'],
      trackedRefs,
    },
    {
      why: 'a newer build than the one that a user rolled back from',
      candidate: [4, 'main'],
      declared: [1, 'main'],
      tracked: [3, 'main'],
      trackedRefs,
    },
    {
      why: 'the build that a user rolled back to, completed again',
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
    { why: 'a build of its refs in another order', candidate: [1, 'b', 'a'], trackedRefs: ['a', 'b'] },
    { why: 'a build of more refs', candidate: [1, 'main', 'b'], trackedRefs },
    { why: 'every build when it stores no refs', candidate: [1, 'main'], trackedRefs: null },
    {
      why: 'an older build that is completed late',
      candidate: [1, 'main'],
      declared: [2, 'main'],
      trackedRefs,
    },
    {
      why: 'an older build that is completed after a newer one was set by hand',
      candidate: [2, 'main'],
      declared: [3, 'main'],
      tracked: [1, 'main'],
      trackedRefs,
    },
    {
      why: 'a build registered before the one that a user rolled back from',
      candidate: [2, 'main'],
      declared: [1, 'main'],
      tracked: [3, 'main'],
      trackedRefs,
    },
    {
      why: 'the build that a user rolled back from',
      candidate: [3, 'main'],
      declared: [1, 'main'],
      tracked: [3, 'main'],
      trackedRefs,
    },
    {
      why: 'a build of its refs when it is deprecated',
      candidate: [1, 'main'],
      trackedRefs,
      deprecated: true,
    },
  ]);
});
