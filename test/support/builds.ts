import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { Rebuild } from '../../src/db/models/rebuild.js';
import { lockProductAndEdition } from '../../src/db/protocol/lock.js';
import { settleGeneration } from '../../src/db/protocol/settle.js';
import { transaction } from '../../src/db/transaction.js';
import type { RebuildOutcome } from '../../src/domain/edition-state.js';
import { bodyOf, type TestApi, type TestClient } from './api.js';
import { productBody } from './products.js';

/** The body of an answer, with keys of unknown types. */
export type Json = Record<string, unknown>;

/** A product and an administrator client. Its default edition tracks `main`. */
export interface TestProduct {
  readonly slug: string;
  readonly admin: TestClient;
  /** Registers a build of these refs; returns its id. */
  register(...gitRefs: string[]): Promise<number>;
  /** Registers and completes a build of these refs; returns its id. */
  upload(...gitRefs: string[]): Promise<number>;
  /** Creates an edition; returns its id. */
  edition(body?: Json): Promise<number>;
  /** Reads an edition; without an id the default one. */
  show(editionId?: number): Promise<Json>;
  /** The id of the default edition. */
  readonly main: number;
}

let products = 0;

/** Creates a product for one test. */
export async function createTestProduct(api: TestApi, overrides: Json = {}): Promise<TestProduct> {
  const admin = await api.as('all');
  products += 1;
  const slug = `product-${products}`;
  await admin.post('/products/', productBody({ slug, ...overrides })).expect(201);
  const [url] = bodyOf(await admin.get(`/products/${slug}/editions/`).expect(200))['editions'] as string[];
  const main = idOf(url);
  const register = async (...gitRefs: string[]): Promise<number> => {
    const created = await admin.post(`/products/${slug}/builds/`, { git_refs: gitRefs }).expect(201);
    return idOf(headersOf(created)['location']);
  };
  return {
    slug,
    admin,
    main,
    register,
    upload: async (...gitRefs) => {
      const id = await register(...gitRefs);
      await admin.patch(`/builds/${id}`, { uploaded: true }).expect(200);
      return id;
    },
    edition: async (changes = {}) => {
      const created = await admin.post(`/products/${slug}/editions/`, editionBody(changes)).expect(201);
      return idOf(headersOf(created)['location']);
    },
    show: async (id = main) => bodyOf(await admin.get(`/editions/${id}`).expect(200)),
  };
}

/** A body that `POST /products/<slug>/editions/` accepts, changed by `overrides`. */
export function editionBody(overrides: Json = {}): Json {
  return { slug: 'latest', title: 'Latest', tracked_refs: ['latest'], ...overrides };
}

/** The headers of an answer, by their names in lower case. */
export function headersOf(response: { readonly headers: unknown }): Readonly<Record<string, string | undefined>> {
  return response.headers as Readonly<Record<string, string | undefined>>; // supertest's type is any
}

/** The id at the end of a resource's address. */
export function idOf(url: string | undefined): number {
  return Number(/\/(\d+)$/.exec(url ?? '')?.[1] ?? assert.fail(`${String(url)} ends in no id`));
}

/** Ends the pending rebuild of an edition as a worker would, without a bucket. */
export async function settle(knex: Knex, editionId: number, outcome: RebuildOutcome = 'published'): Promise<void> {
  await transaction(knex, async (trx) => {
    const { edition } = await lockProductAndEdition(trx, editionId);
    await settleGeneration(trx, { edition, generation: edition.generation, outcome });
  });
}

/** Frees the slugs that an edition vacates, as a worker does once the prefix is empty. */
export async function vacate(knex: Knex, editionId: number): Promise<void> {
  await knex('held_slugs').where({ edition_id: editionId, vacating: true }).delete();
}

/** The rebuilds that a task waits for, oldest first. */
export async function rebuildsOf(knex: Knex, queueUrl: unknown): Promise<Rebuild[]> {
  const taskId = String(queueUrl).split('/').at(-1) ?? '';
  return Rebuild.query(knex)
    .whereIn('id', knex('task_rebuilds').where({ task_id: taskId }).select('rebuild_id'))
    .orderBy('id');
}
