import { itDecides } from './tracking-cases.js';

describe('tracking mode manual', () => {
  itDecides('manual', false, [
    { why: 'the first build', candidate: [1, 'main'], trackedRefs: ['main'] },
    { why: 'a tag', candidate: [2, 'v1.0'], declared: [1, 'main'] },
    { why: 'the declared build when it is completed again', candidate: [1, 'main'], declared: [1, 'main'] },
  ]);
});

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

describe('tracking mode lsst_doc', () => {
  describe('builds of the default branch', () => {
    itDecides('lsst_doc', true, [
      { why: 'the first build', candidate: [1, 'main'] },
      { why: 'the first build of a branch named master', candidate: [1, 'master'] },
      { why: 'the first build of the configured branch', candidate: [1, 'develop'], defaultRef: 'develop' },
      { why: 'a newer build', candidate: [2, 'main'], declared: [1, 'main'] },
      {
        why: 'a newer build under the other name of the default branch',
        candidate: [2, 'main'],
        declared: [1, 'master'],
      },
      { why: 'the declared build when it is completed again', candidate: [1, 'main'], declared: [1, 'main'] },
      {
        why: 'a newer build after a user rolled back from a tag to the default branch',
        candidate: [4, 'main'],
        declared: [1, 'main'],
        tracked: [3, 'v1.0'],
      },
    ]);

    itDecides('lsst_doc', false, [
      {
        why: 'a build of the default branch while a tag is shown',
        candidate: [2, 'main'],
        declared: [1, 'v1.0'],
      },
      {
        why: 'a build of the default branch while another branch was set by hand',
        candidate: [2, 'main'],
        declared: [1, 'feature'],
      },
      {
        why: 'an older build of the default branch that is completed late',
        candidate: [1, 'main'],
        declared: [2, 'master'],
      },
      { why: 'a branch that is not the default', candidate: [1, 'develop'] },
      { why: 'a ticket branch', candidate: [1, 'tickets/DM-1'], declared: [2, 'main'] },
      { why: 'a build of no refs', candidate: [1] },
      {
        why: 'an older build of the default branch after a user rolled back from a tag',
        candidate: [2, 'main'],
        declared: [1, 'main'],
        tracked: [3, 'v1.0'],
      },
      {
        why: 'a build of the default branch when it is deprecated',
        candidate: [1, 'main'],
        deprecated: true,
      },
    ]);
  });

  describe('builds of tags', () => {
    itDecides('lsst_doc', true, [
      { why: 'a first tag on an edition with no build', candidate: [1, 'v1.0'] },
      { why: 'a first tag after the default branch', candidate: [2, 'v1.0'], declared: [1, 'main'] },
      {
        why: 'a tag registered before the default branch that it replaces',
        candidate: [1, 'v1.0'],
        declared: [2, 'main'],
      },
      { why: 'a tag in place of another branch', candidate: [1, 'v0.1'], declared: [2, 'feature'] },
      { why: 'a greater version', candidate: [2, 'v1.1'], declared: [1, 'v1.0'] },
      { why: 'a greater version that was registered first', candidate: [1, 'v2.0'], declared: [2, 'v1.9'] },
      { why: 'versions of two digits, as numbers', candidate: [2, 'v1.10'], declared: [1, 'v1.9'] },
      { why: 'major versions of two digits, as numbers', candidate: [2, 'v10.0'], declared: [1, 'v9.0'] },
      { why: 'the same version, built again', candidate: [2, 'v1.0'], declared: [1, 'v1.0'] },
      { why: 'the same version, written with zeros', candidate: [2, 'v01.00'], declared: [1, 'v1.0'] },
      {
        why: 'the declared build of a tag when it is completed again',
        candidate: [1, 'v1.0'],
        declared: [1, 'v1.0'],
      },
      {
        why: "versions beyond the precision of JavaScript's numbers",
        candidate: [1, 'v9007199254740993.0'],
        declared: [2, 'v9007199254740992.0'],
      },
      {
        why: 'a version registered after a user rolled back, and greater than the one rolled back to',
        candidate: [4, 'v1.1'],
        declared: [1, 'v1.0'],
        tracked: [3, 'v2.0'],
      },
      {
        why: 'the version that a user rolled back from, built again',
        candidate: [4, 'v2.0'],
        declared: [1, 'v1.0'],
        tracked: [3, 'v2.0'],
      },
      {
        why: 'a version greater than the one that a user rolled back from, whenever it was registered',
        candidate: [2, 'v2.1'],
        declared: [1, 'v1.0'],
        tracked: [3, 'v2.0'],
      },
      {
        why: 'a tag when another mode had declared a build that this mode ignores',
        candidate: [1, 'v1.0'],
        declared: [2, 'w_2018_01'],
      },
    ]);

    itDecides('lsst_doc', false, [
      { why: 'a lesser version', candidate: [2, 'v0.9'], declared: [1, 'v1.0'] },
      { why: 'a lesser version of fewer digits', candidate: [2, 'v1.9'], declared: [1, 'v1.10'] },
      {
        why: 'the same version registered before, completed late',
        candidate: [1, 'v1.0'],
        declared: [2, 'v1.0'],
      },
      {
        why: 'the build that a user rolled back from',
        candidate: [3, 'v2.0'],
        declared: [1, 'v1.0'],
        tracked: [3, 'v2.0'],
      },
      {
        why: 'an older build of the version that a user rolled back from',
        candidate: [2, 'v2.0'],
        declared: [1, 'v1.0'],
        tracked: [3, 'v2.0'],
      },
      {
        why: 'a version in between, registered before the one that a user rolled back from',
        candidate: [2, 'v1.5'],
        declared: [1, 'v1.0'],
        tracked: [3, 'v2.0'],
      },
      {
        why: 'a version less than the one that a user set by hand',
        candidate: [3, 'v2.0'],
        declared: [1, 'v3.0'],
        tracked: [2, 'v1.0'],
      },
      { why: 'a first tag when it is deprecated', candidate: [1, 'v1.0'], deprecated: true },
      ...['1.0', 'v1', 'v1.0.0', 'v1.0-rc1', 'xv1.0', 'V1.0', 'v1_0', 'v1.0\n', 'v١.٠', 'docushare-v1', 'v+.+'].map(
        (ref, index) => ({
          why: `a ref that is not a document tag: ${JSON.stringify(ref)}`,
          candidate: [index + 1, ref] as const,
        }),
      ),
      { why: 'a tag that is not the first ref', candidate: [1, 'feature', 'v1.0'] },
    ]);
  });
});

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

describe('tracking mode eups_weekly_release', () => {
  itDecides('eups_weekly_release', true, [
    { why: 'a first tag on an edition with no build', candidate: [1, 'w_2018_01'] },
    { why: 'a first tag spelled as Git spells it', candidate: [1, 'w.2018.02'] },
    { why: 'a first tag after a branch', candidate: [1, 'w_2018_01'], declared: [2, 'main'] },
    { why: 'a greater tag', candidate: [2, 'w_2018_02'], declared: [1, 'w_2018_01'] },
    {
      why: 'a greater tag that was registered first',
      candidate: [1, 'w_2018_02'],
      declared: [2, 'w_2018_01'],
    },
    { why: 'a greater tag in the other spelling', candidate: [1, 'w.2018.02'], declared: [2, 'w_2018_01'] },
    {
      why: 'the same tag in the other spelling, built later',
      candidate: [2, 'w_2018_02'],
      declared: [1, 'w.2018.02'],
    },
    { why: 'the same tag, built again', candidate: [2, 'w_2018_01'], declared: [1, 'w_2018_01'] },
    { why: 'numbers as numbers', candidate: [1, 'w_2018_10'], declared: [2, 'w_2018_9'] },
    { why: 'the declared build announced again', candidate: [1, 'w_2018_01'], declared: [1, 'w_2018_01'] },
    {
      why: 'a tag built after a user rolled back',
      candidate: [4, 'w_2018_02'],
      declared: [1, 'w_2018_01'],
      tracked: [3, 'w_2018_02'],
    },
    { why: 'a tag after another mode', candidate: [1, 'w_2018_01'], declared: [2, 'x'], tracked: [2, 'x'] },
  ]);

  itDecides('eups_weekly_release', false, [
    { why: 'a branch on an edition with no build', candidate: [1, 'main'] },
    { why: 'a branch after a tag', candidate: [2, 'main'], declared: [1, 'w_2018_01'] },
    { why: 'a lesser tag', candidate: [2, 'w_2018_01'], declared: [1, 'w_2018_02'] },
    { why: 'a lesser tag in the other spelling', candidate: [2, 'w_2018_01'], declared: [1, 'w.2018.02'] },
    { why: 'numbers as text', candidate: [2, 'w_2018_9'], declared: [1, 'w_2018_10'] },
    {
      why: 'an older build of the same tag that ends late',
      candidate: [1, 'w_2018_01'],
      declared: [2, 'w_2018_01'],
    },
    {
      why: 'the build that a user rolled back from',
      candidate: [3, 'w_2018_02'],
      declared: [1, 'w_2018_01'],
      tracked: [3, 'w_2018_02'],
    },
    {
      why: 'a build before the one that a user rolled back from',
      candidate: [2, 'w_2018_02'],
      declared: [1, 'w_2018_01'],
      tracked: [3, 'w_2018_02'],
    },
    { why: 'a tag that is not the first ref', candidate: [1, 'main', 'w_2018_01'] },
    { why: 'a build of no refs', candidate: [1] },
    { why: 'a first tag once it is deprecated', candidate: [1, 'w_2018_01'], deprecated: true },
    ...['w_2018', 'w_2018.01', 'w.2018_01', 'w_2018_01_01', 'd_2018_07_01', 'w-2018-01'].map((ref) => ({
      why: `a ref that is not a weekly tag: ${JSON.stringify(ref)}`,
      candidate: [1, ref] as const,
    })),
  ]);
});

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
