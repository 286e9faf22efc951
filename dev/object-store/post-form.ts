import { createByteReader, type ByteReader } from './byte-reader.js';
import { S3Error } from './s3-error.js';

/**
 * A browser form: the fields before the file, and the file. The store ignores what follows the file (AWS: POST Object).
 */
export type PostForm = {
  /** Values by lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  readonly file: {
    /** Without folders; empty when the form has none. */
    readonly filename: string;
    /** Readable once; read it to its end. */
    readonly bytes: AsyncIterable<Buffer>;
  };
};

/** S3's limit on all bytes before the file. */
const maxFieldsBytes = 20 * 1024;
const maxHeaderLineBytes = 8 * 1024;

/** Reads a form up to the bytes of its file. Throws S3's errors. */
export async function readPostForm(body: AsyncIterable<Buffer>, contentType: string | undefined): Promise<PostForm> {
  const delimiter = Buffer.from(`\r\n--${boundaryOf(contentType)}`);
  // Every part but the first follows a line break. One before the first part makes all alike.
  const reader = createByteReader(body, Buffer.from('\r\n'));
  await readText(reader, delimiter, maxFieldsBytes);
  const fields = new Map<string, string>();
  for (let left = maxFieldsBytes; ;) {
    const part = await readPartHeaders(reader);
    if (part === undefined) throw new S3Error('InvalidArgument', 'POST requires exactly one file upload per request.');
    if (part.name === 'file') {
      return { fields, file: { filename: part.filename, bytes: readFile(reader, delimiter) } };
    }
    const value = await readText(reader, delimiter, left);
    left -= part.name.length + Buffer.byteLength(value);
    fields.set(part.name, value);
  }
}

function boundaryOf(contentType: string | undefined): string {
  const match = /^multipart\/form-data\b.*;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType ?? '');
  const boundary = match?.[1] ?? match?.[2];
  if (boundary !== undefined) return boundary;
  throw new S3Error('MalformedPOSTRequest', 'Bucket POST must be of the enclosure-type multipart/form-data.');
}

async function* readFile(reader: ByteReader, delimiter: Buffer): AsyncGenerator<Buffer> {
  try {
    yield* reader.readUntil(delimiter);
    while ((await reader.readAny()) !== undefined);
  } finally {
    await reader.release();
  }
}

async function readText(reader: ByteReader, delimiter: Buffer, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reader.readUntil(delimiter)) {
    size += chunk.length;
    if (size > limit) throw new S3Error('MaxPostPreDataLengthExceededError');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

type PartHeaders = { readonly name: string; readonly filename: string };

/** The headers of the part after a delimiter; `undefined` after the last delimiter. */
async function readPartHeaders(reader: ByteReader): Promise<PartHeaders | undefined> {
  const mark = (await reader.readExactly(2)).toString('latin1');
  if (mark === '--') return undefined;
  if (mark !== '\r\n') throw new S3Error('MalformedPOSTRequest');
  let disposition = '';
  for (
    let line = await reader.readLine(maxHeaderLineBytes);
    line !== '';
    line = await reader.readLine(maxHeaderLineBytes)
  ) {
    const text = Buffer.from(line, 'latin1').toString('utf8');
    if (/^content-disposition:/i.test(text)) disposition = text;
  }
  const name = parameter(disposition, 'name');
  if (name === undefined) throw new S3Error('MalformedPOSTRequest', 'A part of the form has no name.');
  const filename = extendedParameter(disposition, 'filename') ?? parameter(disposition, 'filename') ?? '';
  return { name: name.toLowerCase(), filename: filename.replace(/^.*[/\\]/s, '') };
}

/** `name="value"` or `name=value` of a header. */
function parameter(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header);
  return match?.[1]?.replace(/\\(["\\])/g, '$1') ?? match?.[2];
}

/** `name*=utf-8''value` of a header (RFC 5987). */
function extendedParameter(header: string, name: string): string | undefined {
  const encoded = new RegExp(`;\\s*${name}\\*=utf-8'[^']*'([^;\\s]+)`, 'i').exec(header)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch (cause) {
    throw Object.assign(new S3Error('MalformedPOSTRequest', `The ${name}* of a part is not UTF-8.`), {
      cause,
    });
  }
}
