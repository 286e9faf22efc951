import assert from 'node:assert/strict';
import { type DiffEntry, diffListings } from '../../src/copy-engine/diff.js';
import type { ListedObject } from '../../src/integrations/object-store/object-store.js';

describe('diffListings', () => {
  const diff = async (source: string[][], destination: string[][]): Promise<string[]> => {
    const found: string[] = [];
    for await (const entry of diffListings(pagesOf(source), pagesOf(destination))) found.push(show(entry));
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
    it(`merges ${what}`, async () => {
      assert.deepEqual(await diff(copyOf(source), copyOf(destination)), expected);
    });
  }

  it('holds no more than a page of each: it asks for the next one only when it needs it', async () => {
    const asked: string[] = [];
    const watched = async function* (
      name: string,
      pages: string[][],
    ): AsyncGenerator<ReturnType<typeof objectsOf>> {
      for (const [at, page] of pages.entries()) {
        asked.push(`${name}${at}`);
        yield await Promise.resolve(objectsOf(page));
      }
    };
    const entries = diffListings(watched('s', [['a', 'b'], ['c']]), watched('d', [['a'], ['z']]));
    await entries.next();
    assert.deepEqual(asked, ['s0', 'd0']);
    await entries.next();
    assert.deepEqual(asked, ['s0', 'd0', 'd1']);
    await entries.return();
  });

  it('closes both listings when its reader stops, or one of them fails', async () => {
    const closed: string[] = [];
    const closing = async function* (
      name: string,
      fails: boolean,
    ): AsyncGenerator<ReturnType<typeof objectsOf>> {
      try {
        yield objectsOf([`${name}1`]);
        if (fails) await Promise.reject(new Error('listing failed'));
        yield objectsOf([`${name}2`]);
      } finally {
        closed.push(name);
      }
    };
    for await (const entry of diffListings(closing('a', false), closing('b', false))) {
      assert.equal(show(entry), '+a1');
      break;
    }
    assert.deepEqual(closed, ['a', 'b']);
    const read = async (): Promise<void> => {
      for await (const entry of diffListings(closing('c', true), closing('d', false))) assert.ok(entry);
    };
    await assert.rejects(read(), /listing failed/);
    assert.deepEqual(closed, ['a', 'b', 'c', 'd']);
  });
});

function objectsOf(keys: readonly string[]): ListedObject[] {
  return keys.map((key) => ({ key, etag: 'e', size: 1, lastModified: new Date(0) }));
}

async function* pagesOf(pages: readonly (readonly string[])[]): AsyncGenerator<ReturnType<typeof objectsOf>> {
  for (const page of pages) yield await Promise.resolve(objectsOf(page));
}

function copyOf(pages: readonly (readonly string[])[]): string[][] {
  return pages.map((page) => [...page]);
}

function show({ key, source, destination }: DiffEntry): string {
  if (source === undefined) return `-${key}`;
  return `${destination === undefined ? '+' : '='}${key}`;
}
