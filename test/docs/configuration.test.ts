import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { renderSettings } from '../../scripts/configuration/render-settings.js';
import { checkout } from '../../scripts/paths.js';
import { settings } from '../../src/config/config.js';
import type { Setting } from '../../src/config/setting.js';
import { temporalConnectionSettings } from '../../src/config/settings/temporal.js';

/** Temporal's library reads these, without an effect on a connection. */
const withoutEffect = ['TEMPORAL_CODEC_AUTH', 'TEMPORAL_CODEC_ENDPOINT', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'];

describe('docs/configuration.md', () => {
  it('shows the settings as they are declared (else run make configuration)', async () => {
    const page = await readFile(join(checkout, 'docs', 'configuration.md'), 'utf8');
    assert.equal(page, renderSettings(page));
  });

  it("names every setting of the connection to Temporal that Temporal's library reads", () => {
    const read = new Set<string>();
    const environment = new Proxy<Record<string, string>>(
      {},
      {
        get: (_target, name) => {
          read.add(String(name));
          return undefined;
        },
      },
    );
    loadClientConnectConfig({ disableFile: true, overrideEnvVars: environment });
    const effective = [...read].filter((name) => !withoutEffect.includes(name));
    // Headers have names of their own, so the library reads the whole environment for them.
    assert.deepEqual(Object.keys(temporalConnectionSettings).sort(), [...effective, 'TEMPORAL_GRPC_META_*'].sort());
  });

  it('explains each setting in sentences', () => {
    for (const [name, { meaning }] of Object.entries<Pick<Setting, 'meaning'>>({
      ...settings,
      ...temporalConnectionSettings,
    }))
      assert.match(meaning, /^[A-Z`].*\.$/, name);
  });
});
