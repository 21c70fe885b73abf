import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { GetParameterHistoryCommand, GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { eventually, type E2e } from '../../kit';
import { History, type Parameter, type State } from './history';
import { linesOf, parsed, TRACES, type World } from './world';

/** At the instant. */
const PARAMETERS = 500;
const DELETED = 40;
const LATER = 40;
const SEED = 20_261_121;
/** Events have no milliseconds: what is done within a second may be told of as before it, or as after it. */
const TWO_SECONDS = 2_100;
/** Outcomes of a restore after which it is killed. */
const KILLED_AFTER = 60;

interface Summary { readonly summary: { readonly applied: Counts; readonly verified: Counts } }
type Counts = Readonly<Partial<Record<string, number>>>;

/** A random history, its middle, and the way back there. */
export async function restore(world: World): Promise<void> {
  const { e2e: { check, note }, developer, keyArn, recorded } = world;
  const history = new History(developer, keyArn, SEED);
  const names = Array.from({ length: PARAMETERS + DELETED + LATER }, (_, i) => `/many/${'abcdefghij'[i % 10]}/p${String(i).padStart(3, '0')}`);
  const told = () => recorded('/many', history.records);
  let then = 0;
  let wanted: State = new Map();

  await check(`of ${PARAMETERS} parameters the log has all that happens to them, and the table the last of it`, async () => {
    await history.create(names.slice(LATER));
    await history.change(history.some(0.25));
    await told();
    await history.delete(history.some(0.2).slice(0, DELETED));
    await history.change(history.some(0.2));
    await told();
    await sleep(TWO_SECONDS);
    then = Date.now();
    wanted = history.state;
    strictEqual(wanted.size, PARAMETERS);
    await sleep(TWO_SECONDS);
    await history.create(names.slice(0, LATER));
    await history.change(history.some(0.35));
    await told();
    const now = history.state;
    await history.delete(history.some(0.08));
    await history.create(names.filter((name) => !now.has(name)).slice(0, 10));
    await told();
    note(`seed ${SEED}: ${history.records} records of ${wanted.size} parameters then, ${history.state.size} now`);
  });

  await check('a plan tells what is to be done, without a value, and is carried out in spite of kill -9', async () => {
    const file = join(developer.identity.home, 'plan.ndjson');
    const time = new Date(then).toISOString();
    const plan = parsed<Readonly<Record<'put' | 'delete' | 'label' | 'skip', number>>>(
      await developer.config('restore', '--prefix', '/many', '--time', time, '--remove-later', '--plan', file, '--json'));
    note(JSON.stringify(plan));
    ok(plan.put > 100 && plan.delete > LATER / 2 && plan.skip === 0);
    const text = readFileSync(file, 'utf8');
    deepStrictEqual(TRACES.filter((trace) => text.includes(trace)), []);

    const command = ['restore', '--apply', file, '--yes', '--json', '--rate', '60'];
    const first = developer.start(command);
    const outcomes = () => first.output.stdout.split('\n').length - 1;
    await eventually(() => outcomes() >= KILLED_AFTER, { within: '60s', every: '5ms' });
    ok(await first.kill(), 'it had ended before it was killed');
    const killedAt = outcomes();

    const lines = linesOf<Summary & { readonly status: string }>(await developer.start(command).result());
    const { applied, verified } = lines.at(-1)!.summary;
    const steps = plan.put + plan.delete + plan.label;
    note(`killed after ${killedAt} of ${steps}; then ${JSON.stringify(applied)}, verified ${JSON.stringify(verified)}`);
    deepStrictEqual(verified, { same: steps });
    ok(applied.already! >= killedAt - 10 && applied.done! > 0 && applied.already! + applied.done! === steps, JSON.stringify(applied));
    const puts = history.puts + plan.put; // nothing twice
    await recorded('/many', puts, 'PutParameter');
    const entries = await developer.lines<{ action: string }>('audit', '--prefix', '/many', '--limit', 'all');
    strictEqual(entries.filter(({ action }) => action === 'PutParameter').length, puts);
  });

  await check('all parameters are what they were then', () => assertState(world.e2e, wanted));
}

async function assertState({ root, note }: E2e, wanted: State): Promise<void> {
  const ssm = root.as(SSMClient);
  const found = new Map<string, Parameter>();
  for (let NextToken: string | undefined; ;) {
    const page = await ssm.send(new GetParametersByPathCommand({ Path: '/many', Recursive: true, WithDecryption: true, NextToken }));
    await Promise.all((page.Parameters ?? []).map(async ({ Name = '', Type, Value }) => {
      const { Parameters = [] } = await ssm.send(new GetParameterHistoryCommand({ Name }));
      const { Description = '', Labels = [] } = Parameters.at(-1)!;
      found.set(Name, { type: Type!, value: Value!, description: Description, labels: Labels });
    }));
    NextToken = page.NextToken;
    if (NextToken === undefined) break;
  }
  const sorted = (parameter: Parameter | undefined) => parameter && { ...parameter, labels: [...parameter.labels].sort() };
  const names = [...new Set([...found.keys(), ...wanted.keys()])];
  const differences = names.map((name) => ({ name, is: sorted(found.get(name)), was: sorted(wanted.get(name)) }))
    .filter(({ is, was }) => !isDeepStrictEqual(is, was));
  deepStrictEqual(differences, []);
  note(`${found.size} parameters`);
}
