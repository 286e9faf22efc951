import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal, startJournal } from '../../../dev/object-store/journal.js';
import { temporaryFolder } from '../../../dev/temporary-folder.js';

describe('the journal', () => {
  let path: string;
  beforeEach(async () => {
    path = join(await temporaryFolder('journal'), 'journal.jsonl');
  });

  it('is empty where there is no file', () => {
    assert.deepEqual(readJournal(path), []);
  });

  it('gives back what was appended, in order, after the records that it began with', () => {
    const journal = startJournal<string>(path, ['first']);
    journal.append(['second', 'line\nbreak']);
    journal.append(['\u{1F600}']);
    journal.close();
    assert.deepEqual(readJournal(path), ['first', 'second', 'line\nbreak', '\u{1F600}']);
  });

  it('holds a record as soon as the append returns', () => {
    const journal = startJournal<number>(path, []);
    journal.append([1]);
    assert.equal(readFileSync(path, 'utf8'), '1\n');
    journal.close();
  });

  it('drops a last line that a crash cut short', () => {
    startJournal<object>(path, [{ a: 1 }]).close();
    appendFileSync(path, '{"a":2');
    assert.deepEqual(readJournal(path), [{ a: 1 }]);
  });

  it('says where it is damaged in the middle', () => {
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
