import fc from 'fast-check';
import { graphOf } from '../../../../runtime/tasks/definition/graph';
import type { TaskInstance } from '../../../../runtime/tasks/definition/shapes';
import { defined, thrownBy } from './support';

/** A family whose task `n` requires those that `edges` says. */
function numbered(edges: (n: number) => readonly number[]): (n: number) => TaskInstance {
  const family: (params: object) => TaskInstance = defined({
    family: 'N', params: { n: 'integer' }, requires: ({ n }: { n: number }) => ({ all: edges(n).map((other) => family({ n: other })) }),
  });
  return (n) => family({ n });
}

const numbersOf = (nodes: Iterable<{ readonly task: TaskInstance }>) => [...nodes].map(({ task }) => task.params.n);

test('every task is in it once, after those that it requires, by the names that it calls them by', () => {
  const leaf = defined({ family: 'Leaf', params: { n: 'integer', workers: { type: 'integer', significant: false, default: 1 } } });
  const many = () => [leaf({ n: 2 }), leaf({ n: 1, workers: 9 }), leaf({ n: 2 })];
  const top = defined({ family: 'Top', requires: () => ({ one: leaf({ n: 1 }), many: many() }) });
  const { nodes, wanted } = graphOf([top(), leaf({ n: 3 }), top()]);
  expect([...nodes.keys()]).toEqual([leaf({ n: 1 }), leaf({ n: 2 }), top(), leaf({ n: 3 })].map(({ id }) => id));
  expect(wanted.map(({ task }) => task.id)).toEqual([top().id, leaf({ n: 3 }).id]);
  const [one, two, node] = [...nodes.values()];
  expect(node.requires.one).toBe(one);
  expect(node.requires.many).toEqual([two, one, two]);
  expect(node.required).toEqual([one, two]);
  expect(two.dependents).toEqual([node]);
});

test('nothing is a graph', () => {
  expect(graphOf([])).toEqual({ nodes: new Map(), wanted: [] });
});

test('fails for what is no task, and for what requires it', () => {
  expect(thrownBy(() => graphOf([numbered(() => [])(1), 5 as never]))).toContain('E_TASK_DEFINITION: tasks[1] must be a task');
  expect(thrownBy(() => graphOf([defined({ requires: () => ({ a: 'b' }) })()]))).toContain('E_TASK_DEFINITION: requires.a of Task_');
});

test('fails for a cycle, and says the way round, without the way to it', () => {
  const round = numbered((n) => n === 9 ? [1] : n === 1 ? [2] : n === 2 ? [5, 3] : n === 3 ? [1] : []);
  const [one, two, three] = [1, 2, 3].map((n) => round(n).id);
  expect(thrownBy(() => graphOf([round(9)])))
    .toBe(`E_TASK_CYCLE: tasks require each other, so none of them can be first: ${one} → ${two} → ${three} → ${one}`);
  const itself = numbered((n) => [n]);
  expect(thrownBy(() => graphOf([itself(1)]))).toContain(`${itself(1).id} → ${itself(1).id}`);
});

test('a long cycle is cut short', () => {
  const message = thrownBy(() => graphOf([numbered((n) => [(n + 1) % 5000])(0)]));
  expect(message).toContain('→ … 4981 more … →');
  expect(message.length).toBeLessThan(2000);
});

test('fails for two definitions of one name, wherever they are', () => {
  const [a, b] = [1, 2].map((n) => defined({ family: 'Same', params: { n: { type: 'integer', default: n } } }));
  const message = 'E_TASK_DEFINITION: two definitions are called Same: call one of them something else, or define it once';
  expect(thrownBy(() => graphOf([a(), b()]))).toBe(message);
  expect(thrownBy(() => graphOf([a({ n: 1 }), b({ n: 1 })]))).toBe(message);
  expect(thrownBy(() => graphOf([defined({ family: 'Top', requires: () => ({ a: a({ n: 1 }), b: b({ n: 1 }) }) })()]))).toBe(message);
});

test('fails for a task that requires another one for ever', () => {
  expect(thrownBy(() => graphOf([numbered((n) => [n + 1])(0)], { maxTasks: 100 })))
    .toBe('E_TASK_DEFINITION: requires of N has no end: there are more than 100 tasks');
  expect(graphOf([numbered((n) => n < 99 ? [n + 1] : [])(0)], { maxTasks: 100 }).nodes.size).toBe(100);
});

test('10,000 tasks deep', () => {
  const { nodes } = graphOf([numbered((n) => n === 0 ? [] : [n - 1])(10_000)]);
  expect(numbersOf(nodes.values())).toEqual(Array.from({ length: 10_001 }, (_, n) => n));
});

test('10,000 tasks wide', () => {
  const { nodes } = graphOf([numbered((n) => n === 0 ? Array.from({ length: 10_000 }, (_, i) => i + 1) : [])(0)]);
  expect(nodes.size).toBe(10_001);
  expect([...nodes.values()].at(-1)!.required).toHaveLength(10_000);
});

test('shared tasks are looked at once, however many ways lead to them', () => {
  let asked = 0;
  const ladder = numbered((n) => { asked++; return n === 0 ? [] : [n - 1, Math.max(0, n - 2)]; });
  expect(graphOf([ladder(200)]).nodes.size).toBe(201);
  expect(asked).toBe(201);
});

test('random graphs without cycles are in order and whole; with one more edge back, there is a cycle', () => {
  const edges = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 60 });
  fc.assert(fc.property(edges, fc.array(fc.nat(19), { minLength: 1 }), (pairs, asked) => {
    const down = (n: number) => pairs.filter(([from, to]) => from === n && to < n).map(([, to]) => to);
    const reached = new Set<number>();
    const reach = (n: number) => { if (!reached.has(n)) { reached.add(n); down(n).forEach(reach); } };
    asked.forEach(reach);
    const { nodes } = graphOf(asked.map(numbered(down)));
    const order = numbersOf(nodes.values()) as number[];
    expect([...order].sort((a, b) => a - b)).toEqual([...reached].sort((a, b) => a - b));
    for (const { task, required, dependents } of nodes.values()) {
      const n = task.params.n as number;
      expect(new Set(numbersOf(required))).toEqual(new Set(down(n)));
      for (const other of required) expect(order.indexOf(other.task.params.n as number)).toBeLessThan(order.indexOf(n));
      expect(new Set(numbersOf(dependents))).toEqual(new Set([...reached].filter((other) => down(other).includes(n))));
    }
    const [last] = order; // it requires nothing, and is required by whoever was asked for, or is that one
    const back = numbered((n) => n === last ? asked : down(n));
    expect(thrownBy(() => graphOf(asked.map(back)))).toContain('E_TASK_CYCLE');
  }));
});
