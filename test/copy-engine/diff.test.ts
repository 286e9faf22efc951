import assert from 'node:assert/strict';
import { type DiffEntry, type DiffStreams, diffBuild } from '../../src/copy-engine/diff.js';
import type { ManifestEntry } from '../../src/copy-engine/manifest.js';
import type { CopiedEtag } from '../../src/domain/copy-decision.js';
import type { ListedObject } from '../../src/integrations/object-store/object-store.js';

/** An object that fits a manifest and a listing. */
type BothSides = ManifestEntry & ListedObject;

describe('diffBuild', () => {
  const diff = async (source: string[][], destination: string[][]): Promise<string[]> => {
    const found: string[] = [];
    for await (const entries of diffBuild(streams(pagesOf(source), pagesOf(destination))))
      found.push(...entries.map(show));
    return found;
  };

  for (const [what, source, destination, expected] of [
    ['two empty listings', [], [], []],
    ['only a source', [['a', 'b']], [], ['+a', '+b']],
    ['only a destination', [], [['a'], ['b']], ['-a', '-b']],
    ['equal listings in other pages', [['a', 'b', 'c']], [['a'], ['b', 'c']], ['=a', '=b', '=c']],
    ['a gap on either side', [['a', 'c', 'd']], [['b', 'c']], ['+a', '-b', '=c', '+d']],
    ['empty pages between', [[], ['a'], [], ['b']], [['b'], []], ['+a', '=b']],
    ['keys above U+FFFF', [['\uffee', '\u{1f600}']], [['\u{1f600}']], ['+\uffee', '=\u{1f600}']],
    ['the empty key', [['', 'a']], [['']], ['=', '+a']],
    ['a key and what lies under it', [['a', 'a/b']], [['a/', 'a/b']], ['+a', '-a/', '=a/b']],
  ] as const) {
    it(`merges source and destination: ${what}`, async () => {
      assert.deepEqual(await diff(copyOf(source), copyOf(destination)), expected);
    });
  }

  it('compares contents by ETag and size, and by remembered ETags where the store changed them', async () => {
    const headers = { system: {}, metadata: {} };
    const object = (key: string, etag: string, size = 1) => ({ key, etag, size, headers, modifiedAt: 0 });
    const source = [
      object('equal', 'x'),
      object('forgotten', 'x-2'),
      object('other', 'x'),
      object('remembered', 'x-2'),
      object('replaced', 'x-2'),
      object('size', 'x'),
    ];
    const destination = [
      object('equal', 'x'),
      object('forgotten', 'y'),
      object('other', 'y'),
      object('remembered', 'y'),
      object('replaced', 'z'),
      object('size', 'x', 2),
    ];
    const copied = ['remembered', 'replaced'].map((key) => ({ key, sourceEtag: 'x-2', etag: 'y' }));
    const found: Record<string, string> = {};
    for await (const entries of diffBuild(streams(one([...source]), one([...destination]), copied)))
      for (const entry of entries) if ('content' in entry) found[entry.key] = entry.content;
    assert.deepEqual(found, {
      equal: 'same',
      forgotten: 'unknown',
      other: 'different',
      remembered: 'same',
      replaced: 'different',
      size: 'different',
    });
  });

  it('holds at most one page of each stream and requests the next when needed', async () => {
    const asked: string[] = [];
    const watched = async function* (name: string, pages: string[][]): AsyncGenerator<BothSides[]> {
      for (const [at, page] of pages.entries()) {
        asked.push(`${name}${at}`);
        yield await Promise.resolve(objectsOf(page));
      }
    };
    const entries = diffBuild(streams(watched('s', [['a', 'b'], ['c']]), watched('d', [['a'], ['z']])));
    await entries.next();
    assert.deepEqual(asked, ['s0', 'd0']);
    await entries.next();
    assert.deepEqual(asked, ['s0', 'd0', 'd1']);
    await entries.return();
  });

  it('closes all streams when its reader stops or a stream fails', async () => {
    const closed: string[] = [];
    const closing = async function* (name: string, fails: boolean): AsyncGenerator<BothSides[]> {
      try {
        yield objectsOf([`${name}1`]);
        if (fails) await Promise.reject(new Error('listing failed'));
        yield objectsOf([`${name}2`]);
      } finally {
        closed.push(name);
      }
    };
    for await (const [entry] of diffBuild(streams(closing('a', false), closing('b', false)))) {
      assert.equal(entry && show(entry), '+a1');
      break;
    }
    assert.deepEqual(closed, ['a', 'b']);
    const read = async (): Promise<void> => {
      for await (const entries of diffBuild(streams(closing('c', true), closing('d', false)))) assert.ok(entries);
    };
    await assert.rejects(read(), /listing failed/);
    assert.deepEqual(closed, ['a', 'b', 'c', 'd']);
  });
});

function objectsOf(keys: readonly string[]): BothSides[] {
  return keys.map((key) => ({
    key,
    etag: 'e',
    size: 1,
    modifiedAt: 0,
    headers: { system: {}, metadata: {} },
  }));
}

function streams(
  source: AsyncIterable<BothSides[]>,
  destination: AsyncIterable<BothSides[]>,
  copied: readonly CopiedEtag[] = [],
): DiffStreams {
  return { source, destination, copied: one(copied) };
}

async function* one<T>(page: readonly T[]): AsyncGenerator<T[]> {
  yield await Promise.resolve([...page]);
}

async function* pagesOf(pages: readonly (readonly string[])[]): AsyncGenerator<BothSides[]> {
  for (const page of pages) yield await Promise.resolve(objectsOf(page));
}

function copyOf(pages: readonly (readonly string[])[]): string[][] {
  return pages.map((page) => [...page]);
}

function show({ key, source, destination }: DiffEntry): string {
  if (source === undefined) return `-${key}`;
  return `${destination === undefined ? '+' : '='}${key}`;
}
