import assert from 'node:assert/strict';
import { editionEtags, forgetEtags, rememberEtags } from '../../../src/db/queries/edition-etags.js';
import type { CopiedEtag } from '../../../src/domain/copy-decision.js';
import { oddKeys } from '../../support/copy-jobs.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('the stored ETags of copies', () => {
  let world: ProtocolWorld;
  let edition: number;
  before(async () => {
    world = await startProtocolWorld();
  });
  beforeEach(async () => {
    ({ id: edition } = await world.edition());
  });
  after(async () => {
    await world.close();
  });

  const found = async (after: string | null = null, of = edition): Promise<CopiedEtag[]> => {
    const all: CopiedEtag[] = [];
    for await (const page of editionEtags(world.knex, of, after)) all.push(...page);
    return all;
  };
  const copied = (key: string, etag = 'theirs'): CopiedEtag => ({ key, sourceEtag: 'ours-2', etag });

  it('returns ETags in UTF-8 byte order, from after any key', async () => {
    await rememberEtags(
      world.knex,
      edition,
      [...oddKeys].reverse().map((key) => copied(key)),
    );
    assert.deepEqual(
      (await found()).map(({ key }) => key),
      oddKeys,
    );
    for (const [at, after] of oddKeys.entries())
      assert.deepEqual(
        await found(after),
        oddKeys.slice(at + 1).map((key) => copied(key)),
      );
  });

  it('returns ETags page by page', async () => {
    const many = Array.from({ length: 1_500 }, (_, at) => copied(String(at).padStart(5, '0')));
    for (let at = 0; at < many.length; at += 500) await rememberEtags(world.knex, edition, many.slice(at, at + 500));
    assert.deepEqual(await found(), many);
  });

  it('stores more ETags at once than one statement has parameters for', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => copied(String(at).padStart(5, '0')));
    await rememberEtags(world.knex, edition, many);
    assert.deepEqual(await found(), many);
    await forgetEtags(
      world.knex,
      edition,
      many.map(({ key }) => key),
    );
    assert.deepEqual(await found(), []);
  });

  it('replaces an ETag by that of a later copy', async () => {
    await rememberEtags(world.knex, edition, [copied('a'), copied('b')]);
    await rememberEtags(world.knex, edition, [copied('b', 'newer')]);
    assert.deepEqual(await found(), [copied('a'), copied('b', 'newer')]);
  });

  it('deletes ETags together with their objects', async () => {
    await rememberEtags(
      world.knex,
      edition,
      oddKeys.map((key) => copied(key)),
    );
    const [first = '', ...others] = oddKeys;
    await forgetEtags(world.knex, edition, others);
    assert.deepEqual(await found(), [copied(first)]);
  });

  it('keeps the ETags of editions apart', async () => {
    const { id: other } = await world.edition();
    await rememberEtags(world.knex, edition, [copied('a')]);
    await forgetEtags(world.knex, other, ['a']);
    assert.deepEqual([await found(), await found(null, other)], [[copied('a')], []]);
  });
});
