import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import { taskQueues } from '../workflows/contract.js';
import { type Config, configOf, type SettingName, settings, type SettingValues } from './config.js';
import { unprinted } from './secret.js';
import type { Role, Setting } from './setting.js';
import type { EncryptionKey } from './settings/temporal.js';
import { keyProblems } from './settings/tokens.js';

/** All that is wrong with the environment, in one message with a line for each problem. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration of a program with this role, from the environment.
 *
 * @throws {ConfigError} naming every setting that is missing, malformed or set twice with different values.
 */
export function loadConfig(role: Role, env: Environment = process.env): Config {
  const { values, givenAs, problems } = withoutAliases(env);
  const parsed: Partial<Record<SettingName, unknown>> = {};
  for (const [name, { parser }] of declared()) {
    const { success, data, error } = parser.safeParse(values[name]);
    if (success) parsed[name] = data;
    else problems.push(...error.issues.map(({ message }) => `${givenAs.get(name) ?? name} ${message}`));
  }
  problems.push(...missingFor(role, values));
  const temporal = temporalConnection(values, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  // Each value came from the parser of its own setting.
  return Object.freeze(configOf(parsed as SettingValues, temporal));
}

/**
 * The one setting of a program that only decrypts.
 *
 * @throws {ConfigError} when it is malformed.
 */
export function loadEncryptionKeys(env: Environment = process.env): readonly EncryptionKey[] {
  const name = 'LTD_TEMPORAL_ENCRYPTION_KEYS';
  const parsed = settings[name].parser.safeParse(env[name] ?? '');
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map(({ message }) => `${name} ${message}`));
  return parsed.data;
}

/** The environment under our names, and which settings had LTD Keeper 1.x's name. Empty values count as unset. */
function withoutAliases(env: Environment) {
  const given = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  const values: Record<string, string> = Object.fromEntries(given);
  const problems: string[] = [];
  const givenAs = new Map<string, string>();
  for (const [name, { alias }] of declared()) {
    const value = alias === undefined ? undefined : values[alias];
    if (alias === undefined || value === undefined) continue;
    if (values[name] !== undefined && values[name] !== value)
      problems.push(`${alias} and ${name} are the same setting and have different values: keep one of them`);
    if (values[name] === undefined) givenAs.set(name, alias);
    values[name] ??= value;
  }
  return { values, givenAs, problems };
}

/** Settings that only mean something together, and those that this role needs. */
function missingFor(role: Role, set: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  for (const [name, { togetherWith: other }] of declared())
    if (other !== undefined && (set[name] === undefined) !== (set[other] === undefined))
      problems.push(`${name} and ${other} must be set together`);
  const isProduction = (set['LTD_KEEPER_PROFILE'] ?? 'production') === 'production';
  if (role === 'api') problems.push(...keyProblems(set['LTD_KEEPER_SECRET_KEY'], isProduction));
  if (role === 'worker' && set['LTD_WORKER_QUEUES'] === taskQueues.manifests && set['LTD_MANIFEST_SLOTS'] === '0')
    problems.push(
      'LTD_WORKER_QUEUES leaves nothing to do: keeper-manifests has no slots, set LTD_MANIFEST_SLOTS to more than 0',
    );
  return problems;
}

function declared(): [SettingName, Setting][] {
  return Object.entries(settings) as [SettingName, Setting][]; // Object.entries widens the names
}

/** The connection to Temporal, from the `TEMPORAL_*` names that the `temporal` command reads. */
function temporalConnection(values: Readonly<Record<string, string>>, problems: string[]): ClientConnectConfig {
  const named = Object.entries(values).filter(([name]) => name.startsWith('TEMPORAL_'));
  try {
    const config = loadClientConnectConfig({
      disableFile: true,
      overrideEnvVars: Object.fromEntries(named),
    });
    return { ...config, connectionOptions: unprinted(config.connectionOptions) };
  } catch (error) {
    problems.push(`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`);
    return { connectionOptions: {} };
  }
}
