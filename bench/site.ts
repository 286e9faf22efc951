import type { SiteFile } from '../dev/client/site-file.js';

/** Bytes of each object: small, to measure the work per object instead of the network. */
const objectSize = 1_024;

/** A text on the root page that names its version. */
export function versionMark(version: number): string {
  return `version ${version} of the site`;
}

/** Creates a site of small objects, half of them pages. 1 %, with the root page, differ between versions. */
export function createSite(objects: number, version: number): SiteFile[] {
  const changing = Math.max(1, Math.floor(objects / 100));
  return Array.from({ length: objects }, (_, index) => siteFile(index, index < changing ? version : 1));
}

function siteFile(index: number, version: number): SiteFile {
  const name = String(index).padStart(6, '0');
  if (index === 0) return page('index.html', index, version);
  if (index % 2 === 0) return page(`guide/${name.slice(0, 4)}/page-${name}.html`, index, version);
  const content = filled(`/* asset ${index}, ${versionMark(version)} */\n`);
  return { path: `_static/${name.slice(0, 4)}/asset-${name}.css`, contentType: 'text/css', content };
}

function page(path: string, index: number, version: number): SiteFile {
  const content = filled(`<!doctype html>\n<title>Page ${index}</title>\n<p>${versionMark(version)}</p>\n`);
  return { path, contentType: 'text/html; charset=utf-8', content };
}

function filled(text: string): string {
  return text.padEnd(objectSize, ' ');
}
