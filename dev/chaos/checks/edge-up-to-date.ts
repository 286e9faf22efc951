import { pagesOf } from '../site.js';
import type { Check } from './violation.js';

/** At rest, the edge shows of each edition the published build, and 404 for what that does not have. */
export const edgeUpToDate: Check = ({ final }) =>
  final.pages.flatMap(({ edition: id, path, status, build }) => {
    const edition = final.editions.find((each) => each.id === id);
    const published = edition?.published ?? null;
    const has = published !== null && pagesOf(published).includes(path);
    const right = has ? status === 200 && build === published : status === 404;
    const name = `${edition?.product}/${edition?.slug}/${path}`;
    return right
      ? []
      : [
          `at rest the edge answers ${name} with ${status}, build ${build ?? 'none'}; ` +
            `build ${published ?? 'none'} is published, and ${has ? 'has' : 'does not have'} that page`,
        ];
  });
