/** One file of a site. */
export interface SiteFile {
  /** Below the site's root, with `/` between its parts and without a leading one. */
  readonly path: string;
  readonly contentType: string;
  readonly content: string;
}

/** The directory of a file, with a trailing slash as uploads name it; the root is `/`. */
export function directoryOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '/' : path.slice(0, end + 1);
}

/** All directories of a site, also those without files of their own. The root comes first. */
export function directoriesOf(files: readonly Pick<SiteFile, 'path'>[]): string[] {
  const directories = new Set(['/']);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    for (const [index] of parts.entries()) directories.add(`${parts.slice(0, index + 1).join('/')}/`);
  }
  return [...directories];
}
