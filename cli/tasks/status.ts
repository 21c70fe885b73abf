import { Command } from 'commander';
import type { TaskSwitchesValue } from '../../lib/contract/tasks.js';
import type { TaskStatusReport } from '../../runtime/tasks/operator/operator.js';
import type { FamilyStatus, ManifestStatus, PlaceStatus } from '../../runtime/tasks/operator/status.js';
import type { StorageSettings } from '../../runtime/tasks/storage/settings.js';
import { columns } from '../columns.js';
import type { Action, Wire } from '../context.js';
import { EXIT } from '../exit-codes.js';
import { explain } from '../explain.js';
import { ago, bytes, count, facts, printable } from '../format.js';
import { switchesOf, withOperator } from './connect.js';
import type { TasksGroupOptions } from './group-options.js';

/** Families that are shown of each place. */
const FAMILIES = 20;

export function statusCommand(wire: Wire): Command {
  return new Command('status')
    .description('places, results, folders and switches: how they stand')
    .addHelpText('after', `
One conditional read of each place's manifest. Sizes are before compression. Results that may be reused are those that are neither too old nor
invalidated.

Examples:
  cache-tiers tasks status
  cache-tiers tasks status --scope pull-request --read-scopes main
  cache-tiers tasks status --json | jq '.places[] | {place, records, lastPush}'

Exits with 1 if a place or the switches cannot be asked; the rest is shown all the same.`)
    .action(wire(status));
}

const status: Action<TasksGroupOptions> = (options, io) => withOperator(options, io, async (operator, { settings }) => {
  const report = await operator.status(io.signal);
  if (options.json) io.stdout.write(`${JSON.stringify(asJson(report, settings), undefined, 2)}\n`);
  else io.stdout.write(`${describe(report, settings, switchesOf(options, io), Date.now())}\n`);
  const failed = report.places.some(({ manifest }) => 'error' in manifest) || (report.switches !== undefined && 'error' in report.switches);
  return failed ? EXIT.failed : EXIT.ok;
});

function describe({ places, switches }: TaskStatusReport, settings: StorageSettings, parameter: string | undefined, now: number): string {
  const head = facts([
    ['scope', [settings.scope, ...settings.readScopes.map((scope) => `then ${scope}`)].join(', ')],
    ['namespace', settings.namespace],
    ['mode', modeOf(settings)],
    ['switches', switches === undefined ? 'no parameter is named: everything is on' : `${printable(parameter!)}: ${describeSwitches(switches)}`],
  ]);
  return [head, ...places.map((place) => describePlace(place, now))].join('\n\n');
}

function describeSwitches(switches: TaskSwitchesValue | { readonly error: Error }): string {
  if ('error' in switches) return `unknown: ${explain(switches.error, 'tasks')}`;
  const { enabled = true, default: others = true, tasks = {} } = switches;
  if (!enabled) return 'everything is off';
  const named = Object.entries(tasks).map(([family, on]) => `${printable(family)} ${on ? 'on' : 'off'}`);
  return [...named, `${named.length > 0 ? 'others' : 'everything is'} ${others ? 'on' : 'off'}`].join(', ');
}

function describePlace({ tier, scope, place, reads, writes, manifest }: PlaceStatus, now: number): string {
  const rights = [reads ? 'read' : '', writes ? 'written' : ''].filter((each) => each !== '').join(' and ');
  const title = `${tier} ${scope}: ${printable(place)}, ${rights}`;
  if ('error' in manifest) return `${title}\n  unknown: ${explain(manifest.error, 'tasks')}`;
  const { revision, records, valid, bytes: size, lastPush, epochs, condemned } = manifest;
  const lines = facts([
    ['  revision', `${count(revision)}${lastPush === undefined ? '' : `, last push ${ago(lastPush, now)}`}`],
    ['  results', `${count(records)}${records > 0 ? `, ${count(valid)} of them may be reused` : ''}`],
    ['  size', bytes(size)],
    ...(Object.keys(epochs).length === 0 ? [] : [['  epochs', Object.keys(epochs).map(printable).join(', ')] as const]),
    ...(condemned === 0 ? [] : [['  condemned', `${count(condemned, 'object')}, which the next gc deletes`] as const]),
  ]);
  return [title, lines, ...folders(manifest, now), ...families(manifest.families, now)].join('\n');
}

function folders({ folders: all }: ManifestStatus, now: number): string[] {
  if (all.length === 0) return [];
  const rows = all.map(({ name, files, bytes: size, pushed }) => [`  ${printable(name)}`, count(files), bytes(size), ago(pushed, now)]);
  return [columns([['  folder', 'files', 'bytes', 'pushed'], ...rows], { right: true })];
}

function families(all: readonly FamilyStatus[], now: number): string[] {
  if (all.length === 0) return [];
  const rows = all.slice(0, FAMILIES).map(({ family, records, valid, bytes: size, newest }) =>
    [`  ${printable(family)}`, count(records), count(valid), bytes(size), ago(newest, now)]);
  const rest = all.length - rows.length;
  return [
    columns([['  family', 'results', 'reusable', 'bytes', 'newest'], ...rows], { right: true }),
    ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
  ];
}

/** In the grammar in which it is given. */
function modeOf({ mode: { local, remote } }: StorageSettings): string {
  const used = Object.entries({ local, remote }).filter(([, { reads, writes }]) => reads || writes);
  return used.map(([tier, { reads, writes }]) => `${tier}:${reads ? 'r' : ''}${writes ? 'w' : ''}`).join(',') || 'off';
}

function asJson({ places, switches }: TaskStatusReport, settings: StorageSettings): object {
  const { scope, readScopes, namespace } = settings;
  return {
    scope, readScopes, namespace, mode: modeOf(settings),
    switches: switches && 'error' in switches ? { error: explain(switches.error, 'tasks') } : switches,
    places: places.map(({ manifest, ...place }) => ({
      ...place, ...('error' in manifest ? { error: explain(manifest.error, 'tasks') } : manifestAsJson(manifest)),
    })),
  };
}

function manifestAsJson({ lastPush, folders: all, families: each, ...known }: ManifestStatus): object {
  return {
    ...known, ...(lastPush !== undefined && { lastPush: iso(lastPush) }),
    folders: all.map(({ pushed, ...folder }) => ({ ...folder, pushed: iso(pushed) })),
    families: each.map(({ newest, ...family }) => ({ ...family, newest: iso(newest) })),
  };
}

/** Times come from manifests that others write, so they may be any number. */
export function iso(time: number): string | number {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toISOString();
}
