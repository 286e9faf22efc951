import type { ClientConnectConfig } from '@temporalio/envconfig';
import type { Settings, ValuesOf } from './setting.js';
import { databaseConfig, databaseSettings } from './settings/database.js';
import { httpConfig, httpSettings } from './settings/http.js';
import { objectStoreConfig, objectStoreSettings } from './settings/object-store.js';
import { outsideConfig, outsideSettings } from './settings/outside.js';
import { processConfig, processSettings } from './settings/process.js';
import { temporalSettings, temporalUseConfig } from './settings/temporal.js';
import { tokenConfig, tokenSettings } from './settings/tokens.js';
import { workConfig, workSettings } from './settings/work.js';

/** Every setting by its name in the environment. */
export const settings = {
  ...databaseSettings,
  ...processSettings,
  ...httpSettings,
  ...tokenSettings,
  ...objectStoreSettings,
  ...workSettings,
  ...outsideSettings,
  ...temporalSettings,
} satisfies Settings;

/** The tables of docs/configuration.md. */
export const settingTables: Readonly<Record<string, Settings>> = {
  PostgreSQL: databaseSettings,
  'Logs, metrics and traces': processSettings,
  'The API': { ...httpSettings, ...tokenSettings },
  'The object store': objectStoreSettings,
  'The work of a worker': workSettings,
  'CDN, dashboards, events and domains': outsideSettings,
  'The use of Temporal': temporalSettings,
};

/** The name of a setting. */
export type SettingName = keyof typeof settings;

/** The values of all settings. */
export type SettingValues = ValuesOf<typeof settings>;

/** The configuration that these values make. */
export function configOf(set: SettingValues, temporal: ClientConnectConfig) {
  return {
    ...processConfig(set),
    ...databaseConfig(set),
    ...httpConfig(set),
    ...tokenConfig(set),
    ...objectStoreConfig(set),
    ...workConfig(set),
    ...outsideConfig(set),
    ...temporalUseConfig(set),
    /** The connection. Its options may hold an API key and a private key: nothing prints them. */
    temporal,
  } as const;
}

/** Every setting, read once at start and frozen. */
export type Config = Readonly<ReturnType<typeof configOf>>;
