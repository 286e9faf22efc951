import { itDecides } from './tracking-cases.js';

describe('tracking mode eups_daily_release', () => {
  itDecides('eups_daily_release', true, [
    { why: 'a first tag on an edition with no build', candidate: [1, 'd_2018_07_01'] },
    { why: 'a first tag spelled as Git spells it', candidate: [1, 'd.2018.07.02'] },
    { why: 'a first tag after a branch', candidate: [1, 'd_2018_07_01'], declared: [2, 'main'] },
    { why: 'a greater tag', candidate: [2, 'd_2018_07_02'], declared: [1, 'd_2018_07_01'] },
    {
      why: 'a greater tag that was registered first',
      candidate: [1, 'd_2018_07_02'],
      declared: [2, 'd_2018_07_01'],
    },
    {
      why: 'a greater tag in the other spelling',
      candidate: [1, 'd.2018.07.02'],
      declared: [2, 'd_2018_07_01'],
    },
    {
      why: 'the same tag in the other spelling, built later',
      candidate: [2, 'd_2018_07_02'],
      declared: [1, 'd.2018.07.02'],
    },
    { why: 'the same tag, built again', candidate: [2, 'd_2018_07_01'], declared: [1, 'd_2018_07_01'] },
    { why: 'numbers as numbers', candidate: [1, 'd_2018_10_1'], declared: [2, 'd_2018_9_30'] },
    {
      why: 'the declared build announced again',
      candidate: [1, 'd_2018_07_01'],
      declared: [1, 'd_2018_07_01'],
    },
    {
      why: 'a tag built after a user rolled back',
      candidate: [4, 'd_2018_07_02'],
      declared: [1, 'd_2018_07_01'],
      tracked: [3, 'd_2018_07_02'],
    },
    {
      why: 'a tag after another mode',
      candidate: [1, 'd_2018_07_01'],
      declared: [2, 'x'],
      tracked: [2, 'x'],
    },
  ]);

  itDecides('eups_daily_release', false, [
    { why: 'a branch on an edition with no build', candidate: [1, 'main'] },
    { why: 'a branch after a tag', candidate: [2, 'main'], declared: [1, 'd_2018_07_01'] },
    { why: 'a lesser tag', candidate: [2, 'd_2018_07_01'], declared: [1, 'd_2018_07_02'] },
    {
      why: 'a lesser tag in the other spelling',
      candidate: [2, 'd_2018_07_01'],
      declared: [1, 'd.2018.07.02'],
    },
    { why: 'numbers as text', candidate: [2, 'd_2018_9_30'], declared: [1, 'd_2018_10_1'] },
    {
      why: 'an older build of the same tag that ends late',
      candidate: [1, 'd_2018_07_01'],
      declared: [2, 'd_2018_07_01'],
    },
    {
      why: 'the build that a user rolled back from',
      candidate: [3, 'd_2018_07_02'],
      declared: [1, 'd_2018_07_01'],
      tracked: [3, 'd_2018_07_02'],
    },
    {
      why: 'a build before the one that a user rolled back from',
      candidate: [2, 'd_2018_07_02'],
      declared: [1, 'd_2018_07_01'],
      tracked: [3, 'd_2018_07_02'],
    },
    { why: 'a tag that is not the first ref', candidate: [1, 'main', 'd_2018_07_01'] },
    { why: 'a build of no refs', candidate: [1] },
    { why: 'a first tag once it is deprecated', candidate: [1, 'd_2018_07_01'], deprecated: true },
    ...['d_2018_07', 'd.2018_07.01', 'd_2018_07_01_02', 'w_2018_01', 'd-2018-07-01'].map((ref) => ({
      why: `a ref that is not a daily tag: ${JSON.stringify(ref)}`,
      candidate: [1, ref] as const,
    })),
  ]);
});
