import { Eta } from 'eta';
import { assetsFolder, hashSource, pageStyle } from '../../src/process/page-assets.js';
import { viewSpecification } from './docs-view.js';
import type { Specification } from './specification.js';

/** A page with the policy that it is to be sent with. */
export interface DocsPage {
  readonly html: string;
  /** The value of `Content-Security-Policy`: only the page's own style is let in, no script, nothing from anywhere. */
  readonly policy: string;
}

/** The specification as a page that people read. All that the page needs is in it. */
export function renderDocs(specification: Specification): DocsPage {
  const style = pageStyle('docs');
  const eta = new Eta({ views: assetsFolder('docs'), cache: true });
  return {
    html: eta.render('./page', { ...viewSpecification(specification), style }),
    policy: policyOf(style),
  };
}

function policyOf(style: string): string {
  return [
    "default-src 'none'",
    `style-src ${hashSource(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
