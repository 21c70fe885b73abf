import type { DifferentPath, FolderDifference } from '../../runtime/tasks/folders/shapes.js';
import type { PartChange } from '../../runtime/tasks/definition/part-changes.js';
import type { RecordProvenance, TaskProvenance } from '../../runtime/tasks/operator/explanation.js';
import type { ListedRecord } from '../../runtime/tasks/operator/records.js';
import { columns } from '../columns.js';
import { explain } from '../explain.js';
import { ago, bytes, count, facts, printable, span } from '../format.js';
import { iso } from './status.js';

/** Results of a family, and files, that are shown. */
const SHOWN = 50;

const NO_CHANGE = '  nothing that its key is made of: the older one was not valid any more, or was not wanted';

export interface ExplainedFolder {
  /** In the cache. */
  readonly name: string;
  /** Where it is here. */
  readonly folder: string;
  /** What was asked for, relative to it; empty: all of it. */
  readonly within: string;
  readonly difference: FolderDifference;
}

export function taskAsText({ id, results, changes }: TaskProvenance, now: number): string {
  const [newest, ...older] = results;
  return [
    facts([['task', printable(id)], ...provenance(newest!, now)]),
    ...(changes === undefined ? [] : [
      `\nchanged since the result before it, of ${ago(older[0]!.created, now)}:`, ...(changes.length === 0 ? [NO_CHANGE] : changes.map(change)),
    ]),
    ...(older.length === 0 ? ['\nthere is no older result to compare it with'] : []),
  ].join('\n');
}

function provenance(result: RecordProvenance, now: number): (readonly [string, string])[] {
  const { body, key, digest, created, duration, bytes: size, hasFiles, places, requires, requiredBy } = result;
  return [
    ['made', `${ago(created, now)}, took ${span(duration)}`],
    ['result', `${digest.slice(0, 16)}, ${bytes(size)}${hasFiles ? ', with files' : ''}`],
    ['key', key.slice(0, 16)],
    ['validity', validity(result, now)],
    ['kept in', printable(places.map(({ place }) => place).join(', '))],
    ...('error' in body ? [['unknown', explain(body.error, 'tasks')] as const] : [
      ['version', printable(body.version)] as const,
      ...pairs('parameter', body.params), ...pairs('made by', body.producer),
    ]),
    ...requires.map((id) => ['made from', printable(id)] as const),
    ...requiredBy.slice(0, SHOWN).map((id) => ['used by', printable(id)] as const),
  ];
}

function pairs(title: string, values: Readonly<Record<string, unknown>>): (readonly [string, string])[] {
  return Object.entries(values).map(([name, value]) => [title, `${printable(name)} = ${shown(value)}`]);
}

function validity({ validity: how, valid }: RecordProvenance, now: number): string {
  const state = valid ? 'may be reused' : 'is not reused any more';
  switch (how.kind) {
    case 'forever': return `${state}, as long as its key is the same`;
    case 'ttl': return `${state}: ${how.until > now ? `expires ${ago(how.until, now)}` : `expired ${ago(how.until, now)}`}`;
    case 'epoch': return `${state}: until a new epoch ${printable(how.name)} begins`;
    case 'run': return `only within the run ${printable(how.run)}`;
  }
}

function change({ part, ...values }: PartChange): string {
  const text = (when: 'before' | 'after') => Object.hasOwn(values, when) ? shown(values[when]) : 'not there';
  return `  ${printable(part)}: ${text('before')} → ${text('after')}`;
}

/** Parameters are data of any form. */
const shown = (value: unknown) => {
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value) ?? 'undefined');
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
};

export function familyAsText(records: readonly ListedRecord[], now: number, width: number): string {
  const rows = records.slice(0, SHOWN).map(({ record: { id, created, duration, bytes: size }, valid }) =>
    [printable(id), ago(created, now), span(duration), bytes(size), valid ? 'yes' : 'no']);
  const rest = records.length - rows.length;
  const table = columns([['task', 'made', 'took', 'bytes', 'reusable'], ...rows], { width });
  return `${table}${rest > 0 ? `\n… and ${count(rest, 'result')} more` : ''}`;
}

export function folderAsText({ name, folder, within, difference: { kept, paths } }: ExplainedFolder, now: number): string {
  const wanted = paths.filter(isWithin(within));
  const rest = wanted.length - SHOWN;
  return [
    facts([
      ['folder', printable(name)], ['here', printable(folder)],
      ...kept.map(({ place, created, files, bytes: size, digest }) => [
        'kept in', `${printable(place)}: ${count(files, 'file')}, ${bytes(size)}, pushed ${ago(created, now)}, ${digest.slice(0, 16)}`,
      ] as const),
      ...(within === '' ? [] : [['path', printable(within)] as const]),
    ]), '',
    ...(wanted.length === 0 ? [`${within === '' ? 'all' : 'this path'} is the same here and in the cache`] : [
      'since the last pull or push:', columns(wanted.slice(0, SHOWN).map((each) => [`  ${changesOf(each)}`, printable(each.path)])),
    ]),
    ...(rest > 0 ? [`  … and ${count(rest)} more`] : []),
  ].join('\n');
}

function changesOf({ here, there }: DifferentPath): string {
  const word = (what: NonNullable<DifferentPath['here']>) => what === 'added' ? 'new' : what;
  if (here === there) return `${word(here!)} here and in the cache`;
  return [here && `${word(here)} here`, there && `${word(there)} in the cache`].filter((each) => each !== undefined).join(', ');
}

function isWithin(folder: string): (each: DifferentPath) => boolean {
  return ({ path }) => folder === '' || path === folder || path.startsWith(`${folder}/`);
}

export function taskAsJson({ id, results, changes }: TaskProvenance): object {
  return {
    task: id, changes,
    results: results.map(({ body, created, duration, ...known }) => ({
      ...known, created: iso(created), durationMs: duration, ...('error' in body ? { error: explain(body.error, 'tasks') } : body),
    })),
  };
}

export function recordAsJson({ record, places, valid }: ListedRecord): object {
  const { key, id, family, digest, bytes: size, created, duration, validity: how } = record;
  return { id, family, key, digest, bytes: size, created: iso(created), durationMs: duration, validity: how, valid, places };
}

export function folderAsJson({ name, folder, within, difference: { kept, paths, unchanged } }: ExplainedFolder): object {
  return {
    folder: name, here: folder, within, kept: kept.map(({ created, ...each }) => ({ ...each, pushed: iso(created) })),
    difference: { paths: paths.filter(isWithin(within)), unchanged },
  };
}
