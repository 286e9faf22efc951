/** A body that `POST /products/` accepts, changed by `overrides`. */
export function productBody(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    slug: 'pipelines',
    doc_repo: 'https://github.com/lsst/pipelines_lsst_io.git',
    title: 'LSST Science Pipelines',
    root_domain: 'lsst.io',
    root_fastly_domain: 'global.ssl.fastly.net',
    bucket_name: 'lsst-the-docs',
    ...overrides,
  };
}
