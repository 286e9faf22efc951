import { readFileSync } from 'node:fs';
import { Eta } from 'eta';
import type { Dashboard } from '../../domain/dashboard/arrange-dashboard.js';
import { assetsFolder, hashSource, pageStyle } from '../../process/page-assets.js';

/** The pages of a product, as HTML. */
export interface DashboardPages {
  readonly editions: string;
  readonly builds: string;
}

/** Renders the pages of a product. Whatever it is given is text: it is escaped wherever it stands. */
export type RenderDashboard = (dashboard: Dashboard) => DashboardPages;

/** Reads the templates, once. Nothing of the pages is fetched from elsewhere: style and script are in them. */
export function createDashboardPages(): RenderDashboard {
  const folder = assetsFolder('dashboard');
  const style = pageStyle('dashboard');
  const script = readFileSync(`${folder}/page.js`, 'utf8');
  const eta = new Eta({ views: folder, cache: true });
  const frame = { style, script, policy: contentSecurityPolicy({ style, script }) };
  const render = (page: 'editions' | 'builds', dashboard: Dashboard): string =>
    eta.render(`./${page}`, { page, dashboard, frame });
  return (dashboard) => ({
    editions: render('editions', dashboard),
    builds: render('builds', dashboard),
  });
}

/**
 * Only this style and this script may run, and nothing may be loaded: what slipped through the escaping would be dead.
 */
function contentSecurityPolicy({ style, script }: { readonly style: string; readonly script: string }): string {
  return [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    `script-src ${hashSource(script)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
