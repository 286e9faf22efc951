import { itDecides } from './tracking-cases.js';

describe('tracking mode eups_major_release', () => {
  itDecides('eups_major_release', true, [
    { why: 'a first tag on an edition with no build', candidate: [1, 'v1_0'] },
    { why: 'a first tag spelled as Git spells it', candidate: [1, '2.0'] },
    { why: 'a first tag after a branch', candidate: [1, 'v1_0'], declared: [2, 'main'] },
    { why: 'a greater tag', candidate: [2, 'v2_0'], declared: [1, 'v1_0'] },
    { why: 'a greater tag that was registered first', candidate: [1, 'v2_0'], declared: [2, 'v1_0'] },
    { why: 'a greater tag in the other spelling', candidate: [1, '2.0'], declared: [2, 'v1_0'] },
    { why: 'the same tag in the other spelling, built later', candidate: [2, 'v2_0'], declared: [1, '2.0'] },
    { why: 'the same tag, built again', candidate: [2, 'v1_0'], declared: [1, 'v1_0'] },
    { why: 'numbers as numbers', candidate: [1, 'v1_10'], declared: [2, 'v1_9'] },
    { why: 'the declared build announced again', candidate: [1, 'v1_0'], declared: [1, 'v1_0'] },
    {
      why: 'a tag built after a user rolled back',
      candidate: [4, 'v2_0'],
      declared: [1, 'v1_0'],
      tracked: [3, 'v2_0'],
    },
    { why: 'a tag after another mode', candidate: [1, 'v1_0'], declared: [2, 'x'], tracked: [2, 'x'] },
  ]);

  itDecides('eups_major_release', false, [
    { why: 'a branch on an edition with no build', candidate: [1, 'main'] },
    { why: 'a branch after a tag', candidate: [2, 'main'], declared: [1, 'v1_0'] },
    { why: 'a lesser tag', candidate: [2, 'v1_0'], declared: [1, 'v2_0'] },
    { why: 'a lesser tag in the other spelling', candidate: [2, 'v1_0'], declared: [1, '2.0'] },
    { why: 'numbers as text', candidate: [2, 'v1_9'], declared: [1, 'v1_10'] },
    { why: 'an older build of the same tag that ends late', candidate: [1, 'v1_0'], declared: [2, 'v1_0'] },
    {
      why: 'the build that a user rolled back from',
      candidate: [3, 'v2_0'],
      declared: [1, 'v1_0'],
      tracked: [3, 'v2_0'],
    },
    {
      why: 'a build before the one that a user rolled back from',
      candidate: [2, 'v2_0'],
      declared: [1, 'v1_0'],
      tracked: [3, 'v2_0'],
    },
    { why: 'a tag that is not the first ref', candidate: [1, 'main', 'v1_0'] },
    { why: 'a build of no refs', candidate: [1] },
    { why: 'a first tag once it is deprecated', candidate: [1, 'v1_0'], deprecated: true },
    ...['v1.0', '1_0', 'v1', '1.0.0', 'v1_0_rc1', 'w_2018_01', 'v1_0\\n'].map((ref) => ({
      why: `a ref that is not a major tag: ${JSON.stringify(ref)}`,
      candidate: [1, ref] as const,
    })),
  ]);
});
