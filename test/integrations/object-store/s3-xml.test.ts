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

describe('answers of S3', () => {
  describe('a listing', () => {
    it('as AWS writes it', () => {
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

    it('as others write it: what is said of the page behind the objects, on lines, keys not encoded', () => {
      const xml = listing(
        `\n<Contents>\n <Key>a &amp; b &#x1F600; &#10;</Key>\n <ETag>"e"</ETag>\n <Size>1</Size>\n <LastModified>never</LastModified>\n</Contents>\n` +
          `<IsTruncated>false</IsTruncated>\n`,
      );
      assert.deepEqual(parseListing(`${xml}\n`), {
        EncodingType: undefined,
        IsTruncated: false,
        NextContinuationToken: undefined,
        Contents: [{ Key: 'a & b \u{1f600} \n', ETag: '"e"', Size: 1, LastModified: undefined }],
      });
    });

    it('of nothing', () => {
      assert.deepEqual(parseListing(listing('<IsTruncated>false</IsTruncated>')).Contents, []);
    });

    it('with a key that looks like an element of the page', () => {
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

    it('without what every object has, for others to refuse', () => {
      const { Contents } = parseListing(listing('<Contents><Size>many</Size></Contents>'));
      assert.deepEqual(Contents, [
        { Key: undefined, ETag: undefined, Size: undefined, LastModified: undefined },
      ]);
    });

    const whole = listing('<Contents><Key>a</Key><ETag>"e"</ETag><Size>1</Size></Contents>');
    for (const [what, xml] of [
      ['cut within an object', whole.slice(0, whole.indexOf('<ETag>') + 8)],
      ['cut before its end', whole.slice(0, -1)],
      ['with an object without end', listing('<Contents><Key>a</Key>')],
      ['that is a page of a proxy', '<html><body>Bad gateway</body></html>'],
      ['that is empty', ''],
    ] as const) {
      it(`refuses one ${what}`, () => {
        assert.throws(() => parseListing(xml), SyntaxError);
      });
    }

    it('reads every key as a parser that builds a tree does', () => {
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
            const tree = parser.parse(xml) as { ListBucketResult: { Contents: { Key: string } } }; // as the test wrote it
            const [content] = parseListing(xml).Contents ?? [];
            assert.equal(content?.Key, key);
            assert.equal(content.Key, tree.ListBucketResult.Contents.Key);
          },
        ),
        { seed: 5 },
      );
    });
  });

  describe('a copy', () => {
    it('gives its ETag, also after the blanks that keep a slow one alive', () => {
      const xml = `${prolog}   \n <CopyObjectResult><LastModified>x</LastModified><ETag>&quot;abc&quot;</ETag></CopyObjectResult>`;
      assert.equal(parseCopy(xml), '"abc"');
    });

    for (const xml of ['', '<CopyObjectResult>', '<CopyObjectResult><ETag>"abc']) {
      it(`gives none where there is none: ${JSON.stringify(xml)}`, () => {
        assert.equal(parseCopy(xml), undefined);
      });
    }
  });

  describe('a deletion', () => {
    it('names what is left', () => {
      const xml =
        `${prolog}<DeleteResult xmlns="x"><Error><Key>a&amp;b</Key><Code>SlowDown</Code><Message>Slow</Message></Error>` +
        `<Error><Key>c</Key></Error></DeleteResult>`;
      assert.deepEqual(parseDeletion(xml), [
        { key: 'a&b', code: 'SlowDown', message: 'Slow' },
        { key: 'c', code: 'InternalError', message: 'InternalError' },
      ]);
    });

    for (const xml of [
      '<DeleteResult></DeleteResult>',
      '<DeleteResult xmlns="x"/>',
      `${prolog}<DeleteResult />\n`,
    ]) {
      it(`of everything: ${JSON.stringify(xml)}`, () => {
        assert.deepEqual(parseDeletion(xml), []);
      });
    }

    it('refuses an answer that is cut, which could have named more', () => {
      assert.throws(() => parseDeletion('<DeleteResult><Error><Key>a</Key></Error>'), SyntaxError);
    });
  });

  describe('an error', () => {
    it('has the code and the message of S3', () => {
      const error = parseError(
        503,
        `${prolog}<Error><Code>SlowDown</Code><Message>Reduce &lt;rate&gt;.</Message></Error>`,
      );
      assert.equal(error.name, 'SlowDown');
      assert.equal(error.message, 'Reduce <rate>.');
      assert.equal(error.$metadata.httpStatusCode, 503);
    });

    for (const body of ['', '<html>Bad gateway</html>']) {
      it(`is named by its status where it has no code: ${JSON.stringify(body)}`, () => {
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
      it(`is ${expected ? '' : 'not '}what this is: ${JSON.stringify(xml)}`, () => {
        assert.equal(isErrorDocument(xml), expected);
      });
    }
  });

  it('an element without end has no text', () => {
    assert.equal(elementText('<a>b', 'a'), undefined);
  });
});
