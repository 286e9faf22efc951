import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../../scripts/paths.js';
import { packageBom } from '../../../scripts/sbom/package-bom.js';

interface Bom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: { readonly name: string } };
  readonly components: readonly { readonly purl: string; readonly hashes?: readonly unknown[] }[];
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly dev?: boolean; readonly optional?: boolean }>
  >;
}

describe('packageBom', () => {
  let text: string;
  let bom: Bom;

  before(async () => {
    text = await packageBom();
    bom = JSON.parse(text) as Bom;
  });

  it('names every shipped package with its digest', async () => {
    const lock = JSON.parse(await readFile(join(checkout, 'package-lock.json'), 'utf8')) as Lock;
    const shipped = Object.entries(lock.packages).filter(([path, { dev = false }]) => path !== '' && !dev);
    const purls = shipped.map(([path, { version }]) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return `pkg:npm/${name.replace('@', '%40')}@${version}`;
    });
    assert.deepEqual(new Set(bom.components.map(({ purl }) => purl)), new Set(purls));
    assert.ok(bom.components.every(({ hashes = [] }) => hashes.length > 0));
    assert.deepEqual([bom.bomFormat, bom.metadata.component.name], ['CycloneDX', 'ltd-keeper']);
  });

  it('renders the same text each time, without times and folders', async () => {
    assert.equal(await packageBom(), text);
    assert.ok(!text.includes(checkout));
    assert.doesNotMatch(text, /"timestamp"/);
  });
});
