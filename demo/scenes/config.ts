import { CONFIG_ACTION, CONFIG_AUDIT_ATTRIBUTE as A, CONFIG_CACHE_ATTRIBUTE as C, CONFIG_METRIC, CONFIG_STATE } from '../../lib/contract/config';
import { Random } from '../../test/lambda-src/config-convergence/random';
import type { Caller } from '../../test/support/parameter-store';
import { claim, type Column, type Exhibit, type Numbers, type OpenScene, type Scene, type Seen, type Step } from '../scene';
import type { Footprint } from './config-footprint';
import { ANN, PIPELINE } from './config-people';
import type { Drift, Row } from './config-truth';
import { OneAtATime } from './one-at-a-time';

const PASSWORDS = ['c0rrect/h0rse', 'b@ttery:staple'] as const;
const SIZES = ['100', '200', '300'] as const;
const URL = '/app/db/url';
const TEMPLATE = 'postgres://app:${/app/db/password:uri}@${/app/db/host}/app';

const EVENTS = 200;

const COLUMNS: readonly Column[] = [
  { of: 'messages', title: 'messages' },
  { of: 'handled', title: 'carried out' },
  { of: 'duplicated', title: 'there already' },
  { of: 'replicated', title: 'replicas' },
  { of: 'found', title: 'drift found' },
  { of: 'repaired', title: 'repaired' },
  { of: 'calls', title: 'API calls' },
];

export const configScene: Scene = {
  name: 'config', title: 'config: Parameter Store, its names in a table, an audit log and replicas', columns: COLUMNS, open: () => new ConfigScene(),
};

class ConfigScene implements OpenScene {
  readonly steps: readonly Step[] = [
    { title: 'tables, functions, a rule', run: () => this.oneAtATime.run(() => this.start()) },
    { title: 'ann and a pipeline change parameters', run: () => this.oneAtATime.run(() => this.change()) },
    { title: 'table of names', run: () => this.oneAtATime.run(() => this.names()) },
    { title: 'audit log', run: () => this.oneAtATime.run(() => this.log()) },
    { title: 'replica by the rule', run: () => this.oneAtATime.run(() => this.replica()) },
    { title: `${EVENTS} changes, half of the events lost`, run: () => this.oneAtATime.run(() => this.lose()) },
    { title: 'one reconciliation', run: () => this.oneAtATime.run(() => this.reconcile()) },
    { title: 'another one', run: () => this.oneAtATime.run(() => this.reconcileAgain()) },
  ];

  private footprint: Footprint | undefined;
  private readonly oneAtATime = new OneAtATime();
  private truth!: typeof import('./config-truth');

  async numbers(): Promise<Numbers> {
    if (this.footprint === undefined) return {};
    const { metrics: { counts }, model, queues } = this.footprint;
    return {
      messages: queues.reduce((total, { received }) => total + received, 0),
      handled: counts[CONFIG_METRIC.eventsHandled] ?? 0,
      duplicated: counts[CONFIG_METRIC.eventsDuplicated] ?? 0,
      replicated: counts[CONFIG_METRIC.replicated] ?? 0,
      found: counts[CONFIG_METRIC.driftFound] ?? 0,
      repaired: counts[CONFIG_METRIC.driftRepaired] ?? 0,
      calls: Object.values(model.calls).reduce((total, calls) => total + calls, 0),
    };
  }

  async close(): Promise<void> {
    await this.oneAtATime.close(() => this.footprint?.stop());
    await this.footprint?.close();
  }

  private async start(): Promise<Seen> {
    // Loaded here, so that there is something to be seen before the handlers are.
    const { Footprint } = await import('./config-footprint');
    this.truth = await import('./config-truth');
    this.footprint = await Footprint.start();
    const { rules } = this.opened;
    await rules.putScope(0, { sources: ['/app/db'], destinations: [URL] }, 'demo');
    for (const source of ['/app/db/host', '/app/db/password']) await rules.put({ destination: URL, source, type: 'merge', template: TEMPLATE });
    return `3 tables, 4 functions; ${URL} is to be ${TEMPLATE}`;
  }

  private async change(): Promise<Seen> {
    const { model, told } = this.opened;
    this.put('/app/db/host', 'db-1.example', ANN);
    this.put('/app/db/password', PASSWORDS[0], ANN, 'SecureString');
    for (const size of SIZES) this.put('/app/cache/size', size, PIPELINE, 'String', 300);
    for (const name of ['/app/old', '/app/trial/a', '/app/trial/b']) this.put(name, 'on', ANN);
    let events = told.length;
    await this.opened.deliver();
    this.after(2_000);
    model.do('LabelParameterVersion', { Name: '/app/cache/size', ParameterVersion: 2, Labels: ['tested'] }, ANN);
    model.do('DeleteParameter', { Name: '/app/old' }, ANN);
    model.do('DeleteParameters', { Names: ['/app/trial/a', '/app/trial/b'] }, PIPELINE);
    events += told.length;
    await this.opened.deliver();
    claim('events', events, '=', 11);
    claim('messages that nobody could handle', this.opened.deadLetters.letters.length, '=', 0);
    return '8 puts (3 of them of one parameter within a second), 1 label, 1 delete, 1 delete of two: 11 events to 3 queues';
  }

  private async names(): Promise<Seen> {
    const rows = await this.truth.cacheRows(this.opened);
    const count = (state: string) => rows.filter((row) => row[C.state] === state).length;
    claim('parameters that exist', count(CONFIG_STATE.active), '=', 4);
    claim('parameters that are deleted', count(CONFIG_STATE.deleted), '=', 3);
    claim('rows that are not as Parameter Store says', (await this.truth.driftOf(this.opened)).rows, '=', 0);
    const exhibit = exhibitOf(['name', 'state', 'version', 'type', 'written by'], rows,
      (row) => [row[C.partition], row[C.state], row[C.version] ?? '', row[C.type] ?? '', whoIs(row[C.lastModifiedUser])]);
    return { words: '4 parameters, 3 that are gone, no values', exhibit };
  }

  private async log(): Promise<Seen> {
    const records = await this.truth.auditRows(this.opened);
    const puts = (name: string) => records.filter((record) => record[A.partition] === name && record[A.action] === CONFIG_ACTION.put);
    const sizes = puts('/app/cache/size');
    claim('versions that were written within a second', sizes.length, '=', SIZES.length);
    const own = sizes.filter((record) => record[A.value] === SIZES[Number(record[A.version]) - 1]);
    claim('of these, with their own value', own.length, '=', SIZES.length);
    const [{ [A.value]: ciphertext }] = puts('/app/db/password');
    claim('passwords in the log', records.filter((record) => record[A.value]?.includes(PASSWORDS[0])).length, '=', 0);
    claim('ciphertexts that the key opens', Number(this.opened.model.decrypt(ciphertext) === PASSWORDS[0]), '=', 1);
    claim('deletions', records.filter((record) => /^Delete/.test(record[A.action])).length, '=', 3);
    claim('parameters that the log lacks something of', (await this.truth.driftOf(this.opened)).logs, '=', 0);
    const exhibit = exhibitOf(['name', 'what', 'version', 'value', 'who'], records, (record) => [
      record[A.partition], record[A.labels] ? `${record[A.action]} ${record[A.labels]}` : record[A.action], record[A.version] ?? '',
      shortened(record[A.value] ?? ''), whoIs(record[A.user]),
    ]);
    return { words: `${records.length} records, each version with its own value, a SecureString as ciphertext`, exhibit };
  }

  private async replica(): Promise<Seen> {
    claim('right replicas', this.rightReplica(PASSWORDS[0]), '=', 1);
    this.put('/app/db/password', PASSWORDS[1], PIPELINE, 'SecureString');
    await this.opened.deliver();
    claim('right replicas of the new password', this.rightReplica(PASSWORDS[1]), '=', 1);
    return `${URL} has followed the new password; it is a SecureString, because a source is one`;
  }

  private async lose(): Promise<Seen> {
    const random = new Random(5);
    for (let i = 0; i < EVENTS; i++) this.changeAny(random.below(80), random.chance(0.25));
    const events = this.opened.told.splice(0);
    claim('events', events.length, '=', EVENTS);
    for (const queue of this.opened.queues) {
      const kept = random.shuffled(events).slice(EVENTS / 2);
      queue.send(...random.shuffled([...kept, ...kept]));
    }
    await this.opened.handle();
    const { rows, logs } = await this.truth.driftOf(this.opened);
    claim('messages that nobody could handle', this.opened.deadLetters.letters.length, '=', 0);
    claim('rows that are not as Parameter Store says', rows, '≥', 1);
    claim('parameters that the log lacks something of', logs, '≥', 1);
    return `the others came twice and in any order; ${rows} rows are not as Parameter Store says, and the log lacks something of ${logs} parameters`;
  }

  private async reconcile(): Promise<Seen> {
    const before = await this.truth.driftOf(this.opened);
    const { found, repaired } = await this.reconciled();
    claim('rows and records that were wrong or missing', found, '≥', before.rows + before.logs);
    claim('of these, repaired', repaired, '=', found);
    return `${found} rows and records found wrong or missing, ${repaired} repaired; ${equal(await this.truth.driftOf(this.opened))}`;
  }

  private async reconcileAgain(): Promise<Seen> {
    const { found } = await this.reconciled();
    claim('rows and records that were wrong or missing', found, '=', 0);
    return `nothing to do; ${equal(await this.truth.driftOf(this.opened))}`;
  }

  private async reconciled(): Promise<Numbers> {
    this.after(1_800_000);
    const before = await this.numbers();
    await this.opened.reconcile();
    const after = await this.numbers();
    claim('reconciliations that failed', this.opened.deadLetters.letters.length, '=', 0);
    return { found: after.found - before.found, repaired: after.repaired - before.repaired };
  }

  private get opened(): Footprint { return this.footprint!; }

  private put(name: string, value: string, caller: Caller, type: 'String' | 'SecureString' = 'String', pause = 2_000): void {
    this.after(pause);
    this.opened.model.do('PutParameter', { Name: name, Value: value, Type: type, Overwrite: true }, caller);
  }

  /** One call that tells one event. */
  private changeAny(number: number, deletes: boolean): void {
    const name = `/app/service-${number % 8}/setting-${number}`;
    if (!deletes || !this.opened.model.names().includes(name)) return this.put(name, `value at ${this.opened.time}`, PIPELINE, 'String', 700);
    this.after(700);
    this.opened.model.do('DeleteParameter', { Name: name }, PIPELINE);
  }

  private after(milliseconds: number): void { this.opened.time += milliseconds; }

  /** How many replicas are what the rule makes of the sources: one or none. */
  private rightReplica(password: string): number {
    const { Value, Type } = this.opened.model.do('GetParameter', { Name: URL, WithDecryption: true }).Parameter!;
    return Number(Type === 'SecureString' && Value === `postgres://app:${encodeURIComponent(password)}@db-1.example/app`);
  }
}

function equal({ rows, logs, parameters, versions }: Drift): string {
  claim('rows that are not as Parameter Store says', rows, '=', 0);
  claim('parameters that the log lacks something of', logs, '=', 0);
  return `table of names = Parameter Store (${parameters} parameters), log = history (${versions} versions)`;
}

function exhibitOf(head: readonly string[], rows: readonly Row[], cells: (row: Row) => readonly string[]): Exhibit {
  return { head, rows: rows.map(cells) };
}

const shortened = (value: string): string => value.length > 20 ? `${value.slice(0, 8)}…${value.slice(-8)}` : value;
/** The last part of an ARN. */
const whoIs = (arn: string | undefined): string => arn?.replace(/^.*[:/]/, '') ?? '';
