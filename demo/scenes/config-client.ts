import { CONFIG_FOOTPRINT_PATH } from '../../lib/contract/config';
import type { LocalName, SyncReport } from '../../runtime/config/local';
import { claim, type Column, type Numbers, type OpenScene, type Scene, type Seen, type Step } from '../scene';
import type { Computer, Printed } from './config-computer';
import type { Footprint } from './config-footprint';
import { ANN, BOB, PIPELINE } from './config-people';
import { OneAtATime } from './one-at-a-time';

const KEYS = { ann: 'AKIAANNEXAMPLEANN000', bob: 'AKIABOBEXAMPLEBOB000' } as const;
const MINUTE = 60_000;

const SERVICES = ['api', 'billing', 'checkout', 'mail', 'search', 'shop', 'stock', 'users'];
const SETTINGS = ['db/host', 'db/password', 'db/user', 'log-level', 'url'];
const PARAMETERS = SERVICES.length * SETTINGS.length;
const SECRETS = ['s3cret-of-before', 's3cret-of-after'] as const;

const COLUMNS: readonly Column[] = [
  { of: 'items', title: 'items of names read' },
  { of: 'commands', title: 'commands' },
  { of: 'calls', title: 'calls of Parameter Store' },
];

export const configClientScene: Scene = {
  name: 'config client', title: 'config client: names on this computer, audit, restore and the command line', columns: COLUMNS,
  open: () => new ConfigClientScene(),
};

class ConfigClientScene implements OpenScene {
  readonly steps: readonly Step[] = ([
    [`footprint over ${PARAMETERS} parameters`, () => this.start()],
    ['first sync', () => this.firstSync()],
    ['sync after three changes', () => this.laterSync()],
    ['search, without network', () => this.search()],
    ['own put', () => this.ownPut()],
    ['who changed it', () => this.audit()],
    ['back to a former instant', () => this.restore()],
    ['replay of the log', () => this.replay()],
    ['command line', () => this.commands()],
    ['home folders', () => this.homes()],
  ] as const).map(([title, run]) => ({ title, run: () => this.oneAtATime.run<Seen>(run) }));

  private readonly oneAtATime = new OneAtATime();
  private footprint!: Footprint;
  private ann!: Computer;
  private bob!: Computer;
  private readonly opened: { close(): unknown }[] = [];
  private items = 0;
  private commandsRun = 0;

  async numbers(): Promise<Numbers> {
    const calls = Object.values(this.footprint?.model.calls ?? {}).reduce((total, count) => total + count, 0);
    return { items: this.items, commands: this.commandsRun, calls };
  }

  async close(): Promise<void> {
    await this.oneAtATime.close(() => this.footprint?.stop());
    for (const each of this.opened.reverse()) await each.close();
  }

  private async start(): Promise<Seen> {
    const [{ Footprint, NAMESPACES, TABLES }, { Computer }] = await Promise.all([import('./config-footprint'), import('./config-computer')]);
    const { startParameterStore } = await import('../../test/support/parameter-store');
    const footprint = this.footprint = await Footprint.start();
    this.opened.push(footprint);
    footprint.time = Date.now() - 240 * MINUTE; // commands have this computer's clock
    const server = await startParameterStore({ model: footprint.model, callers: { [KEYS.ann]: ANN, [KEYS.bob]: BOB } });
    this.opened.push(server);
    const computer = (key: string) => {
      const access = { ...server.environment, AWS_ACCESS_KEY_ID: key, AWS_ENDPOINT_URL_DYNAMODB: footprint.server.endpoint };
      const made = new Computer({ ...access, CONFIG_FOOTPRINT: 'main' });
      this.opened.push(made);
      return made;
    };
    [this.ann, this.bob] = [computer(KEYS.ann), computer(KEYS.bob)];
    this.do('PutParameter', { Name: `${CONFIG_FOOTPRINT_PATH}main`, Type: 'String', Value: JSON.stringify({
      version: 1, namespaces: NAMESPACES, cacheTable: TABLES.cache, auditTable: TABLES.audit, replicationTable: TABLES.rules,
    }) });
    for (const service of SERVICES) for (const setting of SETTINGS) this.put(`/app/${service}/${setting}`, `${service} ${setting}`);
    this.put('/app/checkout/db/password', SECRETS[0]);
    await footprint.deliver();
    this.after(30 * MINUTE);
    await footprint.reconcile();
    const { name, namespaces } = await this.ann.connection.footprint();
    return `${name}, over ${namespaces.join(', ')}; ann and bob have a computer each, with nothing on it`;
  }

  private async firstSync(): Promise<Seen> {
    const { kind, itemsRead } = await this.sync(this.ann);
    claim('full reads', Number(kind === 'full'), '=', 1);
    claim('items read', itemsRead, '=', PARAMETERS);
    claim('names that ann\'s copy has', this.ann.names.count(), '=', PARAMETERS);
    await this.sync(this.bob);
    return `all ${itemsRead} names, once`;
  }

  private async laterSync(): Promise<Seen> {
    for (const service of ['api', 'mail']) this.put(`/app/${service}/log-level`, 'debug', PIPELINE);
    this.do('DeleteParameter', { Name: '/app/stock/url' }, PIPELINE);
    await this.footprint.deliver();
    const { kind, itemsRead, changed, queries } = await this.sync(this.ann);
    claim('incremental reads', Number(kind === 'incremental'), '=', 1);
    claim('items read', itemsRead, '=', 3);
    claim('changes', changed, '=', 3);
    claim('names that are gone', Number(this.ann.names.get('/app/stock/url') === undefined), '=', 1);
    return `${itemsRead} items by ${queries} queries, not ${PARAMETERS}`;
  }

  private async search(): Promise<Seen> {
    const names = this.ann.withoutNetwork();
    await names.open();
    const [below, fuzzy, children] = [names.prefix('/app/mail'), names.fuzzy('check pass'), names.children('/app')];
    claim('names below /app/mail', below.length, '=', SETTINGS.length);
    claim('right first matches of "check pass"', Number(fuzzy[0]?.name === '/app/checkout/db/password'), '=', 1);
    claim('children of /app', children.length, '=', SERVICES.length);
    const rows = [...below, fuzzy[0]!].map(({ name, version, type = '' }) => [name, String(version), type]);
    return {
      words: `prefix /app/mail: ${below.length} names; fuzzy "check pass": ${fuzzy[0]!.name}; tree /app: ${children.length} branches`,
      exhibit: { head: ['name', 'version', 'type'], rows },
    };
  }

  private async ownPut(): Promise<Seen> {
    const { ConfigClient } = await import('../../runtime/config/values/config-client');
    const name = '/app/shop/page-size';
    const client = new ConfigClient({ connection: this.ann.connection, onChange: this.ann.names });
    this.after(30 * MINUTE);
    await client.put(name, '20', { type: 'String' });
    const has = (known: LocalName | undefined) => Number(known?.version === 1);
    claim('ann\'s copy has it at once', has(this.ann.names.get(name)), '=', 1);
    await this.sync(this.bob);
    claim('bob\'s copy has it before the handler', has(this.bob.names.get(name)), '=', 0);
    await this.footprint.deliver();
    await this.sync(this.bob);
    claim('bob\'s copy has it after the handler', has(this.bob.names.get(name)), '=', 1);
    return 'in ann\'s copy at once, in bob\'s when the handler has carried it out and he syncs';
  }

  private async audit(): Promise<Seen> {
    const { AuditLog } = await import('../../runtime/config/audit/audit-log');
    const rows: string[][] = [];
    for await (const { action, version, user = '', value = '' } of new AuditLog({ connection: this.ann.connection }).entries(
      { name: '/app/mail/log-level', order: 'oldest', values: true })) rows.push([action, String(version), value, user.replace(/^.*[:/]/, '')]);
    claim('entries', rows.length, '=', 2);
    claim('entries with actor and value', rows.filter(([, , value, user]) => value !== '' && user !== '').length, '=', 2);
    return {
      words: `/app/mail/log-level: ${rows.map(([, version, value, user]) => `version ${version} "${value}" by ${user}`).join(', ')}`,
      exhibit: { head: ['what', 'version', 'value', 'who'], rows },
    };
  }

  private async restore(): Promise<Seen> {
    this.after(MINUTE);
    const time = new Date(this.footprint.time).toISOString();
    this.put('/app/checkout/db/password', SECRETS[1], PIPELINE);
    this.put('/app/checkout/log-level', 'trace', PIPELINE);
    this.put('/app/checkout/extra', 'later', PIPELINE);
    this.do('DeleteParameter', { Name: '/app/checkout/db/user' }, PIPELINE);
    await this.footprint.deliver();
    this.after(MINUTE);
    const to = ['--prefix', '/app/checkout', '--time', time, '--remove-later'];
    const { stdout, stderr } = await this.command(this.ann, 'restore', ...to, '--yes', '--rate', '100');
    claim('secrets in what was printed', SECRETS.filter((secret) => (stdout + stderr).includes(secret)).length, '=', 0);
    claim('former passwords', Number(this.value('/app/checkout/db/password') === SECRETS[0]), '=', 1);
    claim('former log levels', Number(this.value('/app/checkout/log-level') === 'checkout log-level'), '=', 1);
    claim('parameters that are there again', Number(this.value('/app/checkout/db/user') === 'checkout db/user'), '=', 1);
    claim('later parameters', Number(this.footprint.model.names().includes('/app/checkout/extra')), '=', 0);
    claim('4 done and verified', Number(/^4 done; verified: 4 same/.test(stdout)), '=', 1);
    await this.footprint.deliver();
    const rows = linesOf(stderr).filter((line) => /^ {2}[-+~] /.test(line)).map((line) => line.trim().split(/ {2,}/).slice(0, 4));
    claim('lines of the plan', rows.length, '=', 4);
    return {
      words: `cache-tiers config restore ${to[0]} ${to[1]} …: ${stdout.trim()}`,
      exhibit: { head: ['the plan, without values', 'type', 'why', 'what is written'], rows },
    };
  }

  private async replay(): Promise<Seen> {
    const { replay } = await import('../../runtime/config/replay/replay');
    const live = new Map(this.footprint.model.names().filter((name) => name.startsWith('/app/')).map((name) => {
      const { Value, Version } = this.footprint.model.do('GetParameter', { Name: name }).Parameter!;
      return [name, `${Version} ${Value}`] as const;
    }));
    let same = 0;
    let other = 0;
    for await (const { name, version, value } of replay({ connection: this.ann.connection, time: this.footprint.time, values: true })) {
      if (live.get(name) === `${version} ${value}`) same += 1;
      else other += 1;
    }
    claim('parameters of the log that are not as Parameter Store has them', other, '=', 0);
    claim('parameters that are as Parameter Store has them', same, '=', live.size);
    return `${same} parameters, versions and values: as Parameter Store has them`;
  }

  private async commands(): Promise<Seen> {
    const wanted: readonly (readonly [args: readonly string[], shows: RegExp])[] = [
      [['list', '--fuzzy', 'shop page'], /^\/app\/shop\/page-size\n/],
      [['get', '/app/shop/page-size'], /^20\n$/],
      [['put', '/app/shop/page-size', '30', '--yes'], /version 2/],
      [['audit', '/app/shop/page-size', '--limit', '1'], /PutParameter.*user\/ann/],
    ];
    const rows: string[][] = [];
    for (const [args, shows] of wanted) {
      const { stdout } = await this.command(this.bob, ...args);
      const words = `cache-tiers config ${args.map((word) => /\s/.test(word) ? `'${word}'` : word).join(' ')}`;
      claim(words, Number(shows.test(stdout)), '=', 1);
      rows.push([words, shortened(linesOf(stdout).at(-1) ?? '')]);
    }
    return { words: `${rows.length} commands, as bob`, exhibit: { head: ['command', 'last line'], rows } };
  }

  private async homes(): Promise<Seen> {
    const values = [...SECRETS, 'checkout db/host', 'mail log-level'];
    const all = [this.ann, this.bob].map((computer) => computer.filesWith(values));
    const files = all.reduce((total, each) => total + each.files, 0);
    claim('files', files, '≥', 4);
    claim('files with a value', all.reduce((total, each) => total + each.found, 0), '=', 0);
    return `${files} files of both computers, none with a value`;
  }

  private async sync({ names }: Computer): Promise<SyncReport> {
    const report = await names.sync();
    this.items += report.itemsRead;
    return report;
  }

  private async command(computer: Computer, ...args: string[]): Promise<Printed> {
    this.commandsRun += 1;
    const printed = await computer.command(...args);
    if (printed.code !== 0) throw new Error(`cache-tiers config ${args.join(' ')} has ended with ${printed.code}: ${printed.stderr}`);
    return printed;
  }

  private put(name: string, value: string, caller = ANN): void {
    this.do('PutParameter', { Name: name, Value: value, Type: name.endsWith('password') ? 'SecureString' : 'String', Overwrite: true }, caller);
  }

  private do(operation: 'PutParameter' | 'DeleteParameter', input: object, caller = ANN): void {
    this.after(2_000);
    this.footprint.model.do(operation, input as never, caller);
  }

  private value(name: string): string | undefined {
    return this.footprint.model.do('GetParameters', { Names: [name], WithDecryption: true }).Parameters?.[0]?.Value;
  }

  private after(milliseconds: number): void { this.footprint.time += milliseconds; }
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');
const shortened = (line: string): string => line.length > 70 ? `${line.slice(0, 69)}…` : line;
