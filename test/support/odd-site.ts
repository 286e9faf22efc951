import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../dev/temporary-folder.js';

/** Usual and unusual files of documentation: paths below the folder, and their contents. */
export const oddSite: Readonly<Record<string, string>> = {
  'index.html': '<h1>Home</h1>',
  '.nojekyll': '',
  '_static/css/theme.css': 'body { color: black }',
  'a/b/c/d/deep.html': '<h1>Deep</h1>',
  'a/b.html': '<h1>Beside a folder of the same name</h1>',
  'a/b/index.html': '<h1>Folder</h1>',
  'with space/a + b & c.html': '<h1>Signs</h1>',
  'with space/100%25 sure #1?.html': '<h1>Percent</h1>',
  "it's (here) [now] {then}; a=b,c@d.txt": 'brackets',
  'größe/naïve 文档 🔭.html': '<h1>Beyond ASCII</h1>',
  'data/no-extension': 'plain',
  '~tilde/-dash/..dots.txt': 'dots',
};

/** The folders of {@link oddSite}, and an empty one, as percent-encoded paths of the site. */
export const oddFolders = ['/a', '/a/b', '/a/b/c/d', '/empty%20folder', '/with%20space'];

/** Writes {@link oddSite} to a new folder, which is deleted with the test run. */
export async function writeOddSite(): Promise<string> {
  const folder = await temporaryFolder('odd-site');
  for (const [path, content] of Object.entries(oddSite)) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  await mkdir(join(folder, 'empty folder'));
  return folder;
}
