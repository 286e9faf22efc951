import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal, startJournal } from '../../../dev/object-store/journal.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

describe('startJournal and readJournal', () => {
  let path: string;
  beforeEach(async () => {
    path = join(await temporaryFolder('journal'), 'journal.jsonl');
  });

  it('reads no records when its file does not exist', () => {
    assert.deepEqual(readJournal(path), []);
  });

  it('returns appended records in order, after its initial ones', () => {
    const journal = startJournal<string>(path, ['first']);
    journal.append(['second', 'line\nbreak']);
    journal.append(['\u{1F600}']);
    journal.close();
    assert.deepEqual(readJournal(path), ['first', 'second', 'line\nbreak', '\u{1F600}']);
  });

  it('stores a record before the append returns', () => {
    const journal = startJournal<number>(path, []);
    journal.append([1]);
    assert.equal(readFileSync(path, 'utf8'), '1\n');
    journal.close();
  });

  it('drops a last line that a crash truncated', () => {
    startJournal<object>(path, [{ a: 1 }]).close();
    appendFileSync(path, '{"a":2');
    assert.deepEqual(readJournal(path), [{ a: 1 }]);
  });

  it('reports where it is damaged in the middle', () => {
    writeFileSync(path, '{"a":1}\nnonsense\n{"a":3}\n');
    assert.throws(() => readJournal(path), /Line 2 of .*journal\.jsonl is not JSON/);
  });

  it('refuses to append once it is closed', () => {
    const journal = startJournal<number>(path, []);
    journal.close();
    assert.throws(() => {
      journal.append([1]);
    }, /closed/);
  });
});
