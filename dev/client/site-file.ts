/** One file of a site. */
export interface SiteFile {
  /** Below the site's root, with `/` between its parts and none in front. */
  readonly path: string;
  readonly contentType: string;
  readonly content: string;
}

/** The directory that a file is in, as uploads name it: with a slash at its end, the root `/`. */
export function directoryOf(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '/' : path.slice(0, end + 1);
}

/** Every directory of a site, those without files of their own included. The root comes first. */
export function directoriesOf(files: readonly Pick<SiteFile, 'path'>[]): string[] {
  const directories = new Set(['/']);
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    for (const [index] of parts.entries()) directories.add(`${parts.slice(0, index + 1).join('/')}/`);
  }
  return [...directories];
}
