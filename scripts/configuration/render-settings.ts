import { settingTables } from '../../src/config/config.js';
import { everyRole, type Role, type Setting } from '../../src/config/setting.js';
import { temporalConnectionSettings } from '../../src/config/settings/temporal.js';

const begin = '<!-- settings: rendered by make configuration -->';
const end = '<!-- /settings -->';

const head = ['| name | default | who reads it | meaning |', '|---|---|---|---|'];
const roleNames: Readonly<Record<Role, string>> = { api: 'API', worker: 'worker', cli: 'command line' };

/** Returns the page with tables of the declared settings. @throws {Error} when the page lacks a table's marks. */
export function renderSettings(page: string): string {
  const [before, rest] = page.split(`${begin}\n`);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`The page has no ${begin} before ${end}`);
  const tables = Object.entries(settingTables).map(([title, settings]) => {
    const rows = Object.entries(settings).map(([name, setting]) => rowOf(name, setting));
    return [`## ${title}`, '', ...head, ...rows, ''].join('\n');
  });
  return `${before}${begin}\n\n${[...tables, connectionTable()].join('\n')}\n${end}${after}`;
}

function rowOf(name: string, setting: Setting): string {
  const { usedBy, requiredBy, secret, alias, togetherWith, meaning } = setting;
  const required = requiredBy === undefined ? '' : ', _required_';
  const sentences = [
    meaning,
    ...(togetherWith === undefined ? [] : [`Set it together with \`${togetherWith}\`.`]),
    ...(alias === undefined ? [] : [`LTD Keeper 1.x's name: \`${alias}\`.`]),
    ...(secret === undefined ? [] : ['A secret.']),
  ];
  return row(name, defaultOf(setting), `${usersOf(usedBy)}${required}`, sentences.join(' '));
}

function usersOf(roles: readonly Role[]): string {
  return roles.length === everyRole.length ? 'all' : roles.map((role) => roleNames[role]).join(', ');
}

/** The default as an environment value; empty if there is none. */
export function defaultOf({ parser }: Pick<Setting, 'parser'>): string {
  const { data } = parser.safeParse(undefined);
  if (data === undefined || data === null) return '';
  return Array.isArray(data) ? data.join(',') : JSON.stringify(data).replaceAll('"', '');
}

function connectionTable(): string {
  const rows = Object.entries(temporalConnectionSettings).map(([name, { default: value = '', secret, meaning }]) =>
    row(name, value, 'API, worker', secret === undefined ? meaning : `${meaning} A secret.`),
  );
  return ['## The connection to Temporal', '', ...head, ...rows, ''].join('\n');
}

function row(name: string, value: string, users: string, meaning: string): string {
  return `| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${users} | ${meaning} |`;
}
