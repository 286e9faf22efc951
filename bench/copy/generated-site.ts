import { createHash } from 'node:crypto';
import type { PlacedFile } from '../place-site.js';

/** Bytes of each object. */
const objectSize = 10_000;

/** Of each hundred objects: so many differ between the versions, and so many only one of them has. */
const [changed, own] = [10, 1];

/**
 * A site of so many objects of 10 KB, of which every second one is a page. Its two versions differ in a tenth of them,
 * whose sizes are the same: what only looks at sizes and times can take them for each other.
 */
export function generateSite(objects: number, version: 1 | 2): PlacedFile[] {
  return Array.from({ length: objects }, (_, index) => {
    const place = index % 100;
    const isOwn = place >= 100 - own;
    const path = `${folderOf(index)}${isOwn ? `only-in-${version}-` : ''}${nameOf(index)}`;
    return fileOf(index === 0 ? 'index.html' : path, place < changed || isOwn ? version : 1);
  });
}

function folderOf(index: number): string {
  return index % 2 === 0 ? `guide/${Math.floor(index / 200)}/` : `_static/${Math.floor(index / 200)}/`;
}

function nameOf(index: number): string {
  return index % 2 === 0 ? `page-${index}.html` : `asset-${index}.css`;
}

function fileOf(path: string, version: number): PlacedFile {
  const contentType = path.endsWith('.html') ? 'text/html; charset=utf-8' : 'text/css';
  const line = `${createHash('sha256').update(`${path} ${version}`).digest('hex')}\n`;
  return {
    path,
    contentType,
    content: line.repeat(Math.ceil(objectSize / line.length)).slice(0, objectSize),
  };
}
