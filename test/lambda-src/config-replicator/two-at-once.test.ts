import fc from 'fast-check';
import { openWorld, type World } from './world';
import type { ReplicationStore } from '../../../lambda-src/config-replicator/replication-store';
import type { RulesTable } from '../../../runtime/config/tables/rules-table';

/** Lets one of several go on by one step at a time. */
class Gate {
  private readonly waiting = new Map<string, (() => void)[]>();
  private running = 0;

  start(actor: string, work: () => Promise<unknown>): void {
    this.running += 1;
    void this.pass(actor).then(work).finally(() => { this.running -= 1; });
  }

  pass(actor: string): Promise<void> {
    return new Promise((resolve) => { this.waiting.set(actor, [...this.waiting.get(actor) ?? [], resolve]); });
  }

  /** Steps until all have come to their end. @param choose one of so many, for each step */
  async run(choose: (of: number) => number): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      if (this.running === 0) return;
      const actors = [...this.waiting.keys()].sort();
      const choice = actors[choose(actors.length)]!;
      const [go, ...later] = this.waiting.get(choice)!;
      if (later.length === 0) this.waiting.delete(choice);
      else this.waiting.set(choice, later);
      go!();
    }
  }
}

/** The same, but every call waits for its turn. */
function held<T extends object>(of: T, gate: Gate, actor: string): T {
  return new Proxy(of, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property);
      return typeof member !== 'function' ? member : async (...args: unknown[]) => {
        await gate.pass(actor);
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

type Scene = (gate: Gate) => Promise<() => void>;

/** Plays a scene in one order. @returns of how many each step was one, and which */
async function play(scene: Scene, choose: (of: number) => number): Promise<readonly (readonly [of: number, chosen: number])[]> {
  const gate = new Gate();
  const check = await scene(gate);
  const steps: [number, number][] = [];
  await gate.run((of) => {
    const chosen = of === 1 ? 0 : choose(of);
    steps.push([of, chosen]);
    return chosen;
  });
  try {
    check();
  } catch (error) {
    throw new Error(`in the order ${steps.map(([, chosen]) => chosen).join('')}: ${(error as Error).message}`, { cause: error });
  }
  return steps;
}

/** Plays a scene in all orders that its steps can have: thousands. */
async function everyOrder(scene: Scene): Promise<void> {
  let choices: readonly number[] | undefined = [];
  while (choices !== undefined) {
    const left: number[] = [...choices];
    const steps: Awaited<ReturnType<typeof play>> = (await play(scene, () => left.shift() ?? 0)).filter(([of]) => of > 1);
    const last: number = steps.findLastIndex(([of, chosen]) => chosen + 1 < of);
    choices = last < 0 ? undefined : [...steps.slice(0, last).map(([, chosen]) => chosen), steps[last]![1] + 1];
  }
}

/** Plays a scene in some orders, or in all with `EVERY_ORDER=1`. */
async function inMostOrders(scene: Scene): Promise<void> {
  if (process.env.EVERY_ORDER) return everyOrder(scene);
  await fc.assert(fc.asyncProperty(fc.infiniteStream(fc.nat()), async (choices) => {
    await play(scene, (of) => choices.next().value! % of);
  }), { numRuns: 150 });
}

/** Carries out a rule as another invocation would. The table's reads are steps only where it matters, or there are too many orders. */
function replicate(world: World, gate: Gate, actor: string, destination: string, holdTable = false): void {
  const store: ReplicationStore = held(world.store, gate, actor);
  const table: RulesTable = holdTable ? held(world.table, gate, actor) : world.table;
  const replicator = world.aReplicator(store, table);
  gate.start(actor, () => replicator.ruleChanged(destination).catch((error: unknown) => { world.logger.error(`${actor}: ${String(error)}`); }));
}

const nobodyFailed = (world: World) => expect(world.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);

test('two replicators and a source that changes: whatever the order, the newest value stands', async () => {
  await inMostOrders(async (gate) => {
    const world = await openWorld();
    await world.copy('/shared/a', '/app/a');
    world.put('/shared/a', 'old');
    replicate(world, gate, 'p', '/app/a');
    gate.start('q', async () => {
      world.put('/shared/a', 'new');
      replicate(world, gate, 'r', '/app/a');
    });
    return () => {
      expect(world.value('/app/a')).toBe('new');
      nobodyFailed(world);
    };
  });
});

test('a source that is deleted and made anew: its version begins again, and still its newest value stands', async () => {
  await inMostOrders(async (gate) => {
    const world = await openWorld();
    await world.copy('/shared/a', '/app/a', { onSourceDelete: 'delete' });
    world.put('/shared/a', 'old');
    await world.settle();
    gate.start('p', async () => {
      world.delete('/shared/a');
      replicate(world, gate, 'q', '/app/a');
      await gate.pass('p');
      world.put('/shared/a', 'new');
      replicate(world, gate, 'r', '/app/a');
    });
    return () => {
      expect(world.value('/app/a')).toBe('new');
      nobodyFailed(world);
    };
  });
});

test('a rule whose template changes meanwhile: what the rule says last stands', async () => {
  await inMostOrders(async (gate) => {
    const world = await openWorld();
    await world.merge('/app/a', 'old ${/shared/a}', ['/shared/a']);
    world.put('/shared/a', 'v');
    replicate(world, gate, 'p', '/app/a');
    gate.start('q', async () => {
      await world.merge('/app/a', 'new ${/shared/a}', ['/shared/a']);
      replicate(world, gate, 'r', '/app/a');
    });
    return () => {
      expect(world.value('/app/a')).toBe('new v');
      nobodyFailed(world);
    };
  });
});

test('a rule that is written row by row is never carried out by half', async () => {
  await inMostOrders(async (gate) => {
    const world = await openWorld();
    for (const name of ['/a', '/b', '/c']) world.put(name, name.slice(1));
    await world.merge('/app/a', '${/a}+${/b}', ['/a', '/b']);
    replicate(world, gate, 'p', '/app/a', true);
    gate.start('q', async () => {
      const row = { destination: '/app/a', type: 'merge', template: '${/b}-${/c}' };
      await world.table.put({ ...row, source: '/b' });
      await gate.pass('q');
      await world.table.put({ ...row, source: '/c' });
      await gate.pass('q');
      await world.table.remove('/app/a', '/a');
    });
    return () => expect([undefined, 'a+b', 'b-c']).toContain(world.value('/app/a'));
  });
});
