import pg from 'pg';

/**
 * The numbers of rows: editions and builds of each product, and one row of each other table for each edition or build.
 */
export interface LargeDatabaseSize {
  readonly products: number;
  readonly editionsPerProduct: number;
  readonly buildsPerProduct: number;
}

/**
 * Fills a migrated database with products at rest, as after years: every edition published, every task ended, and one
 * edition audited each minute.
 */
export async function fillDatabase(url: string, size: LargeDatabaseSize): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statementsFor(size)) await client.query(statement);
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

function statementsFor({ products, editionsPerProduct, buildsPerProduct }: LargeDatabaseSize): readonly string[] {
  return [
    `INSERT INTO products (slug, doc_repo, title, root_domain, root_fastly_domain, bucket_name, surrogate_key, base_url)
     SELECT 'large-' || n, 'https://example.org', 'Large ' || n, 'example.org', 'example.net', 'large', md5('p' || n),
       'http://localhost' FROM generate_series(1, ${products}) AS n`,
    `INSERT INTO builds (product_id, slug, git_refs, surrogate_key, uploaded, date_uploaded)
     SELECT p, n::text, jsonb_build_array('branch-' || n), md5(p || '-' || n), true, now()
     FROM generate_series(1, ${products}) AS p CROSS JOIN generate_series(1, ${buildsPerProduct}) AS n`,
    `INSERT INTO editions (product_id, slug, title, mode, tracked_refs, surrogate_key, base_url, audited_at)
     SELECT p, 'branch-' || n, n::text, 'git_refs', jsonb_build_array('branch-' || n), md5(p || 'e' || n),
       'http://localhost', now() - make_interval(mins => (p - 1) * ${editionsPerProduct} + n)
     FROM generate_series(1, ${products}) AS p CROSS JOIN generate_series(1, ${editionsPerProduct}) AS n`,
    `UPDATE editions SET build_id = b.id, tracked_build_id = b.id, published_build_id = b.id,
       published_slug = editions.slug,
       generation = 1, settled_generation = 1
     FROM builds AS b WHERE b.product_id = editions.product_id AND b.git_refs = editions.tracked_refs`,
    `INSERT INTO held_slugs (product_id, slug, edition_id) SELECT product_id, slug, id FROM editions`,
    `INSERT INTO rebuilds (edition_id, generation, build_id, slug, requested_by, started_at, finished_at, outcome)
     SELECT id, 1, build_id, slug, 'ci', now(), now(), 'published' FROM editions WHERE build_id IS NOT NULL`,
    `INSERT INTO tasks (product_id, dashboard_generation, finished_at, status)
     SELECT product_id, 0, now(), 'SUCCESS' FROM editions`,
    `INSERT INTO task_rebuilds (task_id, rebuild_id)
     SELECT t.id, r.id FROM (SELECT id, row_number() OVER () AS n FROM tasks) AS t
     JOIN (SELECT id, row_number() OVER () AS n FROM rebuilds) AS r USING (n)`,
    `INSERT INTO edition_events (edition_id, generation, payload, finished_at, outcome)
     SELECT id, 1, '{}', now(), 'delivered' FROM editions`,
    `INSERT INTO manifests (build_id, after_upload, complete, finished_at) SELECT id, true, true, now() FROM builds`,
    `INSERT INTO manifest_chunks (manifest_id, number, last_key, entries) SELECT id, 0, 'z', '' FROM manifests`,
    `INSERT INTO edition_etags (edition_id, key, source_etag, etag) SELECT id, 'a', 'b', 'c' FROM editions`,
  ];
}
