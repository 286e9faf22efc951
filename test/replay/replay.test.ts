import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import { installQuietRuntime } from '../support/quiet-runtime.js';

/** Compiled files are in `build/test/replay`, the histories beside the source. */
const folder = new URL('../../../test/replay/histories/', import.meta.url);

describe('replayed workflows', () => {
  before(installQuietRuntime);

  const shapes: Readonly<Record<string, string>> = {
    published: 'ended published',
    superseded: 'ended superseded',
    cancelled: 'ended cancelled',
    failed: 'ended failed',
    dashboard: 'built a dashboard',
    manifest: 'recorded a manifest',
    removed: 'removed a build',
    events: 'delivered an event',
    domain: 'could not register a domain',
  };
  for (const [shape, end] of Object.entries(shapes)) {
    it(`replays a recorded run that ${end}`, async () => {
      const history = historyFromJSON(JSON.parse(await readFile(new URL(`${shape}.json`, folder), 'utf8')));
      await Worker.runReplayHistory({ workflowBundle: { codePath: await workflowBundle() } }, history);
    });
  }

  it('replays the same with and without tracing, since either may continue a run', async () => {
    const history = historyFromJSON(JSON.parse(await readFile(new URL('superseded.json', folder), 'utf8')));
    await Worker.runReplayHistory({ workflowBundle: { codePath: await workflowBundle('traced') } }, history);
  });

  it('has a test for every recorded run', async () => {
    const recorded = (await readdir(folder)).map((file) => file.replace('.json', '')).sort();
    assert.deepEqual(recorded, Object.keys(shapes).sort());
  });

  it('rejects a history that the workflow would not produce', async () => {
    const json = await readFile(new URL('published.json', folder), 'utf8');
    const other = historyFromJSON(JSON.parse(json.replaceAll('"copyBuild"', '"deleteEverything"')));
    await assert.rejects(
      Worker.runReplayHistory({ workflowBundle: { codePath: await workflowBundle() } }, other),
      /[Nn]ondeterminism/,
    );
  });
});
