/** Where the service of the examples is. */
export const exampleBaseUrl = 'https://keeper.example.org';

const productUrl = `${exampleBaseUrl}/products/pipelines`;

/** A product, with Keeper's eleven keys. */
export const exampleProduct = {
  self_url: productUrl,
  slug: 'pipelines',
  doc_repo: 'https://github.com/lsst/pipelines_lsst_io',
  title: 'LSST Science Pipelines',
  root_domain: 'lsst.io',
  root_fastly_domain: 'global.ssl.fastly.net',
  domain: 'pipelines.lsst.io',
  fastly_domain: 'global.ssl.fastly.net',
  bucket_name: 'lsst-the-docs',
  published_url: 'https://pipelines.lsst.io',
  surrogate_key: '0d2e1f9a6b7c4e8f9a0b1c2d3e4f5a6b',
};

/** A build of it, uploaded. */
export const exampleBuild = {
  self_url: `${exampleBaseUrl}/builds/17`,
  product_url: productUrl,
  slug: '12',
  date_created: '2026-11-24T02:26:11Z',
  date_ended: null,
  date_abandoned: null,
  uploaded: true,
  bucket_name: 'lsst-the-docs',
  bucket_root_dir: 'pipelines/builds/12',
  git_refs: ['main'],
  github_requester: 'jonathansick',
  published_url: 'https://pipelines.lsst.io/builds/12',
  surrogate_key: '9f8e7d6c5b4a39281706f5e4d3c2b1a0',
  objects: 10286,
  bytes: 276148224,
};

/** The default edition, which shows that build. */
export const exampleEdition = {
  self_url: `${exampleBaseUrl}/editions/3`,
  product_url: productUrl,
  build_url: `${exampleBaseUrl}/builds/17`,
  published_build_url: `${exampleBaseUrl}/builds/17`,
  last_failure: null,
  mode: 'git_refs',
  tracked_refs: ['main'],
  slug: 'main',
  title: 'Latest',
  published_url: 'https://pipelines.lsst.io',
  date_created: '2026-11-01T09:00:00Z',
  date_rebuilt: '2026-11-24T02:26:43Z',
  date_ended: null,
  surrogate_key: '5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d',
  pending_rebuild: false,
  purge_pending: false,
  purge_error: null,
} as const;

/** The id of a task. */
export const exampleTaskId = '0190a7e2-7b1d-7c3e-9a44-1f2e3d4c5b6a';

/** Where it is read. */
export const exampleQueueUrl = `${exampleBaseUrl}/queue/${exampleTaskId}`;

/** A form with which to post a file or a directory of a build. */
export const examplePost = {
  url: 'https://lsst-the-docs.s3.amazonaws.com/',
  fields: {
    acl: 'public-read',
    'Cache-Control': 'max-age=31536000',
    'x-amz-meta-surrogate-key': exampleBuild.surrogate_key,
    success_action_status: '204',
    key: 'pipelines/builds/12/${filename}',
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': 'AKIDEXAMPLE/20261124/us-east-1/s3/aws4_request',
    'x-amz-date': '20261124T022611Z',
    policy: 'eyJleHBpcmF0aW9uIjoiMjAyNi0xMS0yNVQwMjoyNjoxMVoifQ==',
    'x-amz-signature': '6f1ed002ab5595859014ebf0951522d9b4e4d7e0a8e8e5b8f1c2d3a4b5c6d7e8',
  },
};
