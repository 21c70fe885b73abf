import { isRecord } from '../is-record.js';
import { TextDecoder } from 'node:util';
import { CacheTiersError } from '../../errors.js';
import { PlanBlocks } from './plan-blocks.js';
import { PLAN_FORMAT } from './plan-lines.js';
import { MemberError, MemberReader, present, type Members } from './plan-members.js';
import {
  RESTORE_PLAN_VERSION, RESTORE_REASONS, type RestorePlan, type RestorePlanHeader, type RestoreQuery, type RestoreStep, type SeenVersion,
  type WantedVersion,
} from './plan.js';

/** Longest line of a plan, in bytes: a step has a description, a pattern and policies at the most. */
const MAX_LINE = 1 << 20;

type Bytes = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;

/**
 * Reads a plan of lines of JSON, step by step. A plan is reviewed and edited by people, so every member is checked.
 *
 * @param source bytes or texts, cut anywhere
 * @throws CacheTiersError `E_CONFIG_RESTORE_PLAN`, with the line's number and the member: here for the header, while steps are read for them
 */
export async function readPlan(source: Bytes): Promise<RestorePlan> {
  const lines = linesOf(source);
  try {
    const first = await lines.next();
    if (first.done) throw damaged(1, 'the plan is empty');
    return { header: lineOf(first.value, headerOf), steps: stepsOf(lines) };
  } catch (error) {
    await lines.return(); // closes the file
    throw error;
  }
}

export interface RestorePlanFile extends RestorePlan {
  /** Of all that is in the file (SHA-256): a file with another one is another plan. */
  readonly digest: string;
}

/**
 * Reads a plan's file. All of it is checked before the first step is given out, so that no half of a plan is ever applied.
 *
 * @param digest of the plan that is expected, as an earlier reading gave it @default - any plan
 * @throws CacheTiersError `E_CONFIG_RESTORE_PLAN`; `E_CONFIG_RESTORE_CHANGED` if the file is not what is expected, or changes while it is read:
 * then also while steps are read, before the first one that is another
 */
export async function readPlanFile(path: string, digest?: string): Promise<RestorePlanFile> {
  const blocks = await PlanBlocks.of(path);
  const checked = await readPlan(blocks.first());
  for await (const step of checked.steps) void step;
  const found = blocks.digest(digest);
  return { ...await readPlan(blocks.again()), digest: found };
}

interface Line {
  readonly number: number;
  readonly text: string;
}

async function* linesOf(source: Bytes): AsyncGenerator<Line, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let rest = '';
  for await (const chunk of source) {
    const parts = (rest + (typeof chunk === 'string' ? chunk : decoded(decoder, chunk, number))).split('\n');
    rest = parts.pop() ?? '';
    for (const text of parts) yield { number: number++, text };
    if (rest.length > MAX_LINE) throw damaged(number, `the line is longer than ${MAX_LINE} characters`);
  }
  if (rest.trim() !== '') yield { number, text: rest };
}

/** A character that was damaged would be another one in a description, say. */
function decoded(decoder: TextDecoder, chunk: Uint8Array, line: number): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch {
    throw damaged(line, 'from here on it is not UTF-8');
  }
}

async function* stepsOf(lines: AsyncGenerator<Line, void, undefined>): AsyncGenerator<RestoreStep, void, undefined> {
  let count = 0;
  let last = 1;
  let former: string | undefined;
  for await (const line of lines) {
    last = line.number;
    const read = lineOf(line, (reader, members) => 'end' in members ? endOf(reader) : stepOf(reader));
    if (!('count' in read)) {
      if (former !== undefined && read.name <= former) throw damaged(line.number, 'its name must come after that of the line before, each name once');
      former = read.name;
      count += 1;
      yield read;
      continue;
    }
    if (read.count !== count) throw damaged(line.number, `the end says that there are ${read.count} steps, but there are ${count}`);
    for await (const more of lines) if (more.text.trim() !== '') throw damaged(more.number, 'there is more after the end');
    return;
  }
  throw damaged(last + 1, 'the plan has no end: it was cut off. Make it anew');
}

function lineOf<T>({ number, text }: Line, read: (reader: MemberReader, members: Members) => T): T {
  let members: unknown;
  try {
    members = JSON.parse(text);
  } catch {
    throw damaged(number, 'it is not JSON'); // the parser's own error repeats the text
  }
  if (!isRecord(members)) throw damaged(number, 'it is not a JSON object');
  try {
    return read(new MemberReader(members), members);
  } catch (error) {
    if (error instanceof MemberError) throw damaged(number, error.message, error);
    throw error;
  }
}

function headerOf(reader: MemberReader): RestorePlanHeader {
  reader.oneOf('format', [PLAN_FORMAT]);
  if (reader.whole('version') !== RESTORE_PLAN_VERSION) {
    throw new MemberError('version', `${RESTORE_PLAN_VERSION}: this plan is of another version of cdk-cache-tiers, make it anew`);
  }
  reader.only('format', 'version', 'footprint', 'account', 'region', 'query', 'created', 'notes');
  return {
    version: RESTORE_PLAN_VERSION, footprint: reader.text('footprint'), account: reader.text('account'), region: reader.text('region'),
    query: queryOf(reader.object('query')), created: reader.time('created'), notes: reader.optionalTexts('notes') ?? [],
  };
}

function queryOf(reader: MemberReader): RestoreQuery {
  reader.only('prefix', 'names', 'time', 'removeLater', 'includeReplicas');
  return present({
    prefix: reader.optionalText('prefix'), names: reader.optionalTexts('names'), time: reader.time('time'),
    removeLater: reader.optionalFlag('removeLater'), includeReplicas: reader.optionalFlag('includeReplicas'),
  });
}

function endOf(reader: MemberReader): { readonly count: number } {
  reader.only('end', 'steps');
  return { count: reader.whole('steps') };
}

function stepOf(reader: MemberReader): RestoreStep {
  reader.only('name', 'action', 'reason', 'detail', 'current', 'wanted', 'labels', 'laterLabels', 'secret');
  const step: RestoreStep = present({
    name: reader.text('name'), action: reader.oneOf('action', ['put', 'delete', 'label', 'skip']), reason: reader.oneOf('reason', RESTORE_REASONS),
    detail: reader.optionalText('detail'), current: seenOf(reader.nullableObject('current')), wanted: wantedOf(reader.nullableObject('wanted')),
    labels: reader.optionalNumbers('labels'), laterLabels: reader.optionalTexts('laterLabels'), secret: reader.flag('secret'),
  });
  const { action, wanted, current } = step;
  if ((action === 'put' || action === 'label') && wanted === null) {
    throw new MemberError('wanted', `the version that is wanted, as action is ${action}`);
  }
  if (action === 'delete' && wanted !== null) throw new MemberError('wanted', 'null, as action is delete');
  if ((action === 'delete' || action === 'label') && current === null) throw new MemberError('current', `what the plan saw, as action is ${action}`);
  return step;
}

function seenOf(reader: MemberReader | null): SeenVersion | null {
  reader?.only('version', 'lastModified', 'type');
  return reader && present({ version: reader.whole('version'), lastModified: reader.time('lastModified'), type: reader.optionalText('type') });
}

function wantedOf(reader: MemberReader | null): WantedVersion | null {
  reader?.only('recordId', 'version', 'lastModified', 'type', 'tier', 'keyId', 'dataType', 'description', 'allowedPattern', 'policies');
  return reader && present({
    recordId: reader.text('recordId'), version: reader.whole('version'), lastModified: reader.time('lastModified'), type: reader.text('type'),
    tier: reader.optionalText('tier'), keyId: reader.optionalText('keyId'), dataType: reader.optionalText('dataType'),
    description: reader.optionalText('description'), allowedPattern: reader.optionalText('allowedPattern'),
    policies: reader.optionalText('policies'),
  });
}

function damaged(line: number, reason: string, cause?: unknown): CacheTiersError {
  return new CacheTiersError('E_CONFIG_RESTORE_PLAN', `line ${line} of the restore plan cannot be used: ${reason}`, { cause });
}
