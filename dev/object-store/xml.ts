import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { S3Error } from './s3-error.js';

const xmlEntities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** The namespace of S3's result documents. */
export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

// eslint-disable-next-line no-control-regex -- keys may contain control characters, XML may not
const specialCharacters = /[&<>"\u0000-\u001f]/g;

/** Escapes text; writes control characters as numeric references, as S3 does. */
export function escapeXml(text: string): string {
  return text.replace(specialCharacters, (found) => xmlEntities[found] ?? `&#x${found.charCodeAt(0).toString(16)};`);
}

/** `<name>text</name>`, or an empty string when text is undefined. */
export function element(name: string, text: string | number | boolean | undefined): string {
  return text === undefined ? '' : `<${name}>${escapeXml(String(text))}</${name}>`;
}

/** A whole S3 document: declaration, root element in S3's namespace, and the given inner XML. */
export function xmlDocument(root: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${s3Namespace}">${inner}</${root}>`;
}

/** One element of a parsed document. Its text has entities decoded. */
export type XmlElement = {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
};

// Decode entities here: the parser expands fewer than a thousand keys may contain.
const parser = new XMLParser({
  preserveOrder: true,
  trimValues: false,
  parseTagValue: false,
  processEntities: false,
  removeNSPrefix: true,
});

/** Parses a request body into its root element. Throws `MalformedXML`. */
export function parseXml(body: string): XmlElement {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- moved to its own package, not worth a dependency
  if (XMLValidator.validate(body) !== true) throw new S3Error('MalformedXML');
  const nodes: unknown = parser.parse(body);
  const root = elementsOf(nodes).find((node) => !node.name.startsWith('?'));
  if (root === undefined) throw new S3Error('MalformedXML');
  return root;
}

/** The text of the first child of that name. */
export function childText(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => child.name === name)?.text;
}

function elementsOf(nodes: unknown): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const name = nodeName(node);
    return name === undefined ? [] : [toElement(name, contentOf(node, name))];
  });
}

function toElement(name: string, content: unknown): XmlElement {
  const texts = Array.isArray(content) ? content.map((node: unknown) => contentOf(node, '#text')) : [];
  const text = texts.filter((part) => typeof part === 'string').join('');
  return { name, children: elementsOf(content), text: decodeEntities(text) };
}

function nodeName(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  return Object.keys(node).find((key) => key !== ':@' && key !== '#text');
}

function contentOf(node: unknown, name: string): unknown {
  return typeof node === 'object' && node !== null && name in node ? Reflect.get(node, name) : undefined;
}

const namedEntities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));/g, (found, hex, decimal, name) => {
    if (typeof name === 'string') return namedEntities[name] ?? found;
    return characterOf(typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal)) ?? found;
  });
}

function characterOf(codePoint: number): string | undefined {
  const isSurrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint > 0x10ffff || isSurrogate ? undefined : String.fromCodePoint(codePoint);
}
