import assert from 'node:assert/strict';
import { childText, escapeXml, parseXml } from '../../../dev/object-store/xml.js';

describe('parseXml', () => {
  const texts = ['a', ' a  b ', 'a & b', '<a>', `"'`, 'tab\tnewline\n', '\u{1F600}', '  ', '1.0', 'true'];
  for (const text of texts) {
    it(`reads ${JSON.stringify(text)} with its entities decoded`, () => {
      assert.equal(childText(parseXml(`<Delete><Key>${escapeXml(text)}</Key></Delete>`), 'Key'), text);
    });
  }

  it('decodes each entity once', () => {
    assert.equal(childText(parseXml('<a><b>&amp;lt;&#38;&#x1F600;</b></a>'), 'b'), '&lt;&\u{1F600}');
  });

  it('skips the declaration and the namespace', () => {
    const root = parseXml('<?xml version="1.0"?><s:Delete xmlns:s="urn:x"><s:Quiet>true</s:Quiet></s:Delete>');
    assert.equal(root.name, 'Delete');
    assert.equal(childText(root, 'Quiet'), 'true');
  });

  for (const body of ['', 'text', '<a>', '<a></b>', '<a><b></a></b>']) {
    it(`refuses ${JSON.stringify(body)} as malformed`, () => {
      assert.throws(() => parseXml(body), { code: 'MalformedXML' });
    });
  }
});
