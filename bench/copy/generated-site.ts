import { createHash } from 'node:crypto';
import type { PlacedFile } from '../place-site.js';

/** Bytes of each object. */
const objectSize = 10_000;

/** Per hundred objects: the number that differs between versions, and the number that one version has alone. */
const [changed, own] = [10, 1];

/**
 * Generates a site of 10 KB objects, half of them pages. A tenth differs between its versions at equal size, so that
 * tools which compare sizes and times can miss the difference.
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
