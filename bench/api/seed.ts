import pg from 'pg';

/** The number of rows before the measurements. */
export interface SeedSize {
  readonly products: number;
  /** Builds of each product, not uploaded yet, and as many editions, each of which tracks one build's refs. */
  readonly buildsPerProduct: number;
}

/** The ids of the rows. */
export interface Seeded {
  readonly productSlugs: readonly string[];
  readonly editionIds: readonly number[];
  /** Builds without a completed upload. Neighbours belong to different products. */
  readonly buildIds: readonly number[];
}

/** Fills a migrated database by SQL, because the API would take longer than the bench. */
export async function seed(url: string, { products, buildsPerProduct }: SeedSize): Promise<Seeded> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO products (slug, doc_repo, title, root_domain, root_fastly_domain,
         bucket_name, surrogate_key, base_url)
       SELECT 'product-' || n, 'https://example.org/repo', 'Product ' || n, 'example.org', 'global.example.net',
         'ltd-bench', md5('product ' || n), 'http://localhost' FROM generate_series(1, $1::int) AS n`,
      [products],
    );
    await client.query(
      `INSERT INTO builds (product_id, slug, git_refs, surrogate_key)
       SELECT products.id, n::text, jsonb_build_array('branch-' || n), md5('build ' || n)
       FROM generate_series(1, $1::int) AS n CROSS JOIN products ORDER BY n, products.id`,
      [buildsPerProduct],
    );
    await client.query(
      `INSERT INTO editions (product_id, slug, title, mode, tracked_refs, surrogate_key, base_url)
       SELECT product_id, 'branch-' || slug, slug, 'git_refs', git_refs, md5('edition ' || id), 'http://localhost'
       FROM builds ORDER BY id`,
    );
    await client.query(
      `INSERT INTO held_slugs (product_id, slug, edition_id) SELECT product_id, slug, id FROM editions`,
    );
    // Otherwise PostgreSQL does this a minute later, during a measurement.
    await client.query('VACUUM ANALYZE');
    await client.query('CHECKPOINT');
    return {
      productSlugs: await column(client, 'SELECT slug AS value FROM products ORDER BY id'),
      editionIds: await column(client, 'SELECT id AS value FROM editions ORDER BY id'),
      buildIds: await column(client, 'SELECT id AS value FROM builds ORDER BY id'),
    };
  } finally {
    await client.end();
  }
}

async function column<T>(client: pg.Client, statement: string): Promise<readonly T[]> {
  const { rows } = await client.query<{ value: T }>(statement);
  return rows.map(({ value }) => value);
}
