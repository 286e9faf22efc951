import assert from 'node:assert/strict';
import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import {
  elementText,
  escapeText,
  isErrorDocument,
  parseCopy,
  parseDeletion,
  parseError,
  parseListing,
} from '../../../src/integrations/object-store/s3-xml.js';

const prolog = '<?xml version="1.0" encoding="UTF-8"?>\n';
const listing = (inside: string): string =>
  `${prolog}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside}</ListBucketResult>`;

describe('the parsers of S3 answers', () => {
  describe('parseListing', () => {
    it('parses a listing as AWS writes it', () => {
      const xml = listing(
        `<Name>docs</Name><Prefix>p/</Prefix><NextContinuationToken>1ue+/=</NextContinuationToken><KeyCount>2</KeyCount>` +
          `<MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>` +
          `<Contents><Key>p/a%26b</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;abc&quot;</ETag>` +
          `<ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents>` +
          `<Contents><Key>p/c</Key><ETag>"def-2"</ETag><Size>0</Size><Owner><ID>me</ID></Owner></Contents>`,
      );
      assert.deepEqual(parseListing(xml), {
        EncodingType: 'url',
        IsTruncated: true,
        NextContinuationToken: '1ue+/=',
        Contents: [
          { Key: 'p/a%26b', ETag: '"abc"', Size: 7, LastModified: new Date('2026-01-01T00:00:00Z') },
          { Key: 'p/c', ETag: '"def-2"', Size: 0, LastModified: undefined },
        ],
      });
    });

    it('parses a listing as other stores write it, with page fields last, line breaks and plain keys', () => {
      const xml = listing(
        `\n<Contents>\n <Key>a &amp; b &#x1F600; &#10;</Key>\n <ETag>"e"</ETag>\n ` +
          `<Size>1</Size>\n <LastModified>never</LastModified>\n</Contents>\n` +
          `<IsTruncated>false</IsTruncated>\n`,
      );
      assert.deepEqual(parseListing(`${xml}\n`), {
        EncodingType: undefined,
        IsTruncated: false,
        NextContinuationToken: undefined,
        Contents: [{ Key: 'a & b \u{1f600} \n', ETag: '"e"', Size: 1, LastModified: undefined }],
      });
    });

    it('parses an empty listing', () => {
      assert.deepEqual(parseListing(listing('<IsTruncated>false</IsTruncated>')).Contents, []);
    });

    it('parses a key that looks like an element of the page', () => {
      const key = escapeText('</Key><IsTruncated>true</IsTruncated><Contents>');
      const { Contents, IsTruncated } = parseListing(
        listing(`<Contents><Key>${key}</Key><ETag>"e"</ETag><Size>1</Size></Contents>`),
      );
      assert.equal(IsTruncated, false);
      assert.deepEqual(
        Contents?.map(({ Key }) => Key),
        ['</Key><IsTruncated>true</IsTruncated><Contents>'],
      );
    });

    it('returns undefined for missing fields of an object, which its caller rejects', () => {
      const { Contents } = parseListing(listing('<Contents><Size>many</Size></Contents>'));
      assert.deepEqual(Contents, [{ Key: undefined, ETag: undefined, Size: undefined, LastModified: undefined }]);
    });

    const whole = listing('<Contents><Key>a</Key><ETag>"e"</ETag><Size>1</Size></Contents>');
    for (const [what, xml] of [
      ['cut within an object', whole.slice(0, whole.indexOf('<ETag>') + 8)],
      ['cut before its end', whole.slice(0, -1)],
      ['with an object without end', listing('<Contents><Key>a</Key>')],
      ['that is a page of a proxy', '<html><body>Bad gateway</body></html>'],
      ['that has no text', ''],
    ] as const) {
      it(`rejects a listing ${what}`, () => {
        assert.throws(() => parseListing(xml), SyntaxError);
      });
    }

    it('reads every key as a tree-building parser does', () => {
      const parser = new XMLParser({
        parseTagValue: false,
        trimValues: false,
        processEntities: true,
        htmlEntities: true,
      });
      fc.assert(
        fc.property(
          fc.string({
            unit: fc.constantFrom('a', '/', '&', '<', '>', '"', "'", ';', '#', '1', 'é'),
            minLength: 1,
          }),
          (key) => {
            const xml = listing(`<Contents><Key>${escapeText(key)}</Key></Contents>`);
            const tree = parser.parse(xml) as { ListBucketResult: { Contents: { Key: string } } };
            const [content] = parseListing(xml).Contents ?? [];
            assert.equal(content?.Key, key);
            assert.equal(content.Key, tree.ListBucketResult.Contents.Key);
          },
        ),
        { seed: 5 },
      );
    });
  });

  describe('parseCopy', () => {
    it('returns the ETag of a copy, also after the blanks that keep a slow answer alive', () => {
      const xml = `${prolog}   \n <CopyObjectResult><LastModified>x</LastModified><ETag>&quot;abc&quot;</ETag></CopyObjectResult>`;
      assert.equal(parseCopy(xml), '"abc"');
    });

    for (const xml of ['', '<CopyObjectResult>', '<CopyObjectResult><ETag>"abc']) {
      it(`returns undefined for a copy answer without an ETag: ${JSON.stringify(xml)}`, () => {
        assert.equal(parseCopy(xml), undefined);
      });
    }
  });

  describe('parseDeletion', () => {
    it('names the objects that were not deleted', () => {
      const xml =
        `${prolog}<DeleteResult xmlns="x"><Error><Key>a&amp;b</Key><Code>SlowDown</Code><Message>Slow</Message></Error>` +
        `<Error><Key>c</Key></Error></DeleteResult>`;
      assert.deepEqual(parseDeletion(xml), [
        { key: 'a&b', code: 'SlowDown', message: 'Slow' },
        { key: 'c', code: 'InternalError', message: 'InternalError' },
      ]);
    });

    for (const xml of ['<DeleteResult></DeleteResult>', '<DeleteResult xmlns="x"/>', `${prolog}<DeleteResult />\n`]) {
      it(`returns no errors for a complete deletion: ${JSON.stringify(xml)}`, () => {
        assert.deepEqual(parseDeletion(xml), []);
      });
    }

    it('rejects a truncated answer, which could have named more errors', () => {
      assert.throws(() => parseDeletion('<DeleteResult><Error><Key>a</Key></Error>'), SyntaxError);
    });
  });

  describe('parseError and isErrorDocument', () => {
    it('reads the code and the message of an error', () => {
      const error = parseError(
        503,
        `${prolog}<Error><Code>SlowDown</Code><Message>Reduce &lt;rate&gt;.</Message></Error>`,
      );
      assert.equal(error.name, 'SlowDown');
      assert.equal(error.message, 'Reduce <rate>.');
      assert.equal(error.$metadata.httpStatusCode, 503);
    });

    for (const body of ['', '<html>Bad gateway</html>']) {
      it(`names an error by its status when it has no code: ${JSON.stringify(body)}`, () => {
        assert.equal(parseError(502, body).name, '502');
      });
    }

    for (const [xml, expected] of [
      [`${prolog}<Error><Code>InternalError</Code></Error>`, true],
      ['  <Error>', true],
      ['<Error xmlns="x">', true],
      ['<DeleteResult><Error></Error></DeleteResult>', false],
      ['<Errors>', false],
      ['', false],
    ] as const) {
      it(`${expected ? 'recognises' : 'does not recognise'} as an error document: ${JSON.stringify(xml)}`, () => {
        assert.equal(isErrorDocument(xml), expected);
      });
    }
  });

  it('returns undefined for the text of an element without an end', () => {
    assert.equal(elementText('<a>b', 'a'), undefined);
  });
});
