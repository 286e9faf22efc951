import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { checkout } from '../../dev/paths.js';
import { aliases, settings } from '../../src/config-settings.js';

/** A row of the table of settings, without its formatting. */
interface Row {
  readonly name: string;
  readonly alias: string;
  readonly default: string;
  readonly users: string;
  readonly meaning: string;
}

/** Read by Temporal's library and without effect on a connection. */
const withoutEffect = [
  'TEMPORAL_CODEC_AUTH',
  'TEMPORAL_CODEC_ENDPOINT',
  'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
];

describe('docs/configuration.md', () => {
  let rows: readonly Row[];

  before(async () => {
    const text = await readFile(join(checkout, 'docs', 'configuration.md'), 'utf8');
    rows = text
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => {
        const [name = '', alias = '', value = '', users = '', meaning = ''] = line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim());
        return { name: plain(name), alias: plain(alias), default: plain(value), users, meaning };
      });
  });

  it('names every setting once, and nothing that is none', () => {
    const named = rows.map(({ name }) => name).filter((name) => !isOfConnection(name));
    assert.deepEqual(named.sort(), Object.keys(settings.shape).sort());
  });

  it('names every setting of the connection to Temporal, as its library reads them', () => {
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
    const documented = rows.map(({ name }) => name).filter(isOfConnection);
    // Headers have names of their own, so that the library looks at all of the environment for them.
    assert.deepEqual(documented.sort(), [...effective, 'TEMPORAL_GRPC_META_*'].sort());
  });

  it("gives each of Keeper's names to the setting that it stands for", () => {
    const documented = rows.filter(({ alias }) => alias !== '').map(({ alias, name }) => [alias, name]);
    assert.deepEqual(documented.sort(), aliases.map((pair) => [...pair]).sort());
  });

  it('gives the defaults that are used', () => {
    const defaults = settings.parse({ DATABASE_URL: 'postgresql://db.test/' });
    const documented = rows.filter(({ name }) => name in settings.shape && name !== 'DATABASE_URL');
    for (const row of documented) {
      const used = defaults[row.name as keyof typeof defaults]; // just checked
      assert.equal(row.default, asWritten(used), row.name);
    }
  });

  it('says of each who needs it and what it means', () => {
    for (const { name, users, meaning } of rows) {
      assert.match(users, /^(all|API|worker|API, worker)(, _required_)?$/, name);
      assert.ok(meaning.endsWith('.'), name);
    }
  });
});

function plain(cell: string): string {
  return cell.replaceAll('`', '');
}

/** As one writes it into the environment: bare, and lists with commas. */
function asWritten(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value).replaceAll(/["[\]]/g, '');
}

/** Read by Temporal's library, not by us. */
function isOfConnection(name: string): boolean {
  return name.startsWith('TEMPORAL_') && !(name in settings.shape);
}
