import { itDecides } from './tracking-cases.js';

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
      ...[
        '1.0',
        'v1',
        'v1.0.0',
        'v1.0-rc1',
        'xv1.0',
        'V1.0',
        'v1_0',
        'v1.0\n',
        'v١.٠',
        'docushare-v1',
        'v+.+',
      ].map((ref, index) => ({
        why: `a ref that is not a document tag: ${JSON.stringify(ref)}`,
        candidate: [index + 1, ref] as const,
      })),
      { why: 'a tag that is not the first ref', candidate: [1, 'feature', 'v1.0'] },
    ]);
  });
});
