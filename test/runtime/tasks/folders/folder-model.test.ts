import { World, type Computer } from './world';
import { randomNumbers } from '../../home/fuzz';

/*
 * Three computers change their folders, pull and push in any order. A model says what each folder and the cache must be then: for every path, the
 * cache's version, the one that each computer last had in common with it, and what is here.
 */
type Paths = Map<string, string>;

interface Model {
  cache: Paths;
  readonly computers: { readonly real: Computer; here: Paths; base: Paths }[];
}

const PATHS = ['a', 'b', 'T/a', 'T/b', 'U/a'];

function push(model: Model, i: number): void {
  const { here, base } = model.computers[i];
  const isEmptied = ![...base.keys()].some((path) => here.has(path));
  const cache = new Map(model.cache);
  // A cache that has nothing of the folder takes everything.
  const since = model.cache.size === 0 ? new Map<string, string>() : base;
  for (const [path, content] of here) if (since.get(path) !== content) cache.set(path, content);
  if (!isEmptied) for (const [path, content] of model.cache) if (!here.has(path) && base.get(path) === content) cache.delete(path);
  model.cache = cache;
  model.computers[i].base = new Map([...here].flatMap(([path, content]) => {
    if (cache.get(path) === content) return [[path, content]];
    return base.has(path) ? [[path, base.get(path)!]] : [];
  }));
}

function pull(model: Model, i: number): void {
  const computer = model.computers[i];
  if (model.cache.size === 0) return; // nothing of that name: nothing is done
  const base = [...computer.base.keys()].some((path) => computer.here.has(path)) ? computer.base : new Map<string, string>();
  const here = new Map(computer.here);
  const next: Paths = new Map();
  for (const [path, content] of model.cache) {
    const [own, before] = [computer.here.get(path), base.get(path)];
    const stays = own !== content && own !== before && !(own === undefined && before !== content);
    if (!stays) here.set(path, content);
    const known = stays ? before : content;
    if (known !== undefined) next.set(path, known);
  }
  for (const [path, content] of base) if (!model.cache.has(path) && computer.here.get(path) === content) here.delete(path);
  [computer.here, computer.base] = [here, next];
}

const HISTORIES = 60;
const STEPS = 14;

test(`${HISTORIES} random histories of three computers`, async () => {
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = randomNumbers(seed);
    const pick = <T>(list: readonly T[]): T => list[random(list.length)];
    const world = new World();
    const model: Model = {
      cache: new Map(),
      computers: Array.from({ length: 3 }, () => ({ real: world.computer(), here: new Map<string, string>(), base: new Map<string, string>() })),
    };
    const history: string[] = [];
    try {
      for (let step = 0; step < STEPS; step++) {
        const i = random(3);
        const computer = model.computers[i];
        const action = pick(['write', 'write', 'write', 'remove', 'pull', 'pull', 'push', 'push']);
        const path = pick(PATHS);
        history.push(`${i} ${action} ${path}`);
        if (action === 'write') {
          const content = `${random(3)}`; // often what somebody else has written, of the same length
          computer.real.write(path, content);
          computer.here.set(path, content);
        } else if (action === 'remove') {
          computer.real.remove(path);
          computer.here.delete(path);
          const [folder] = path.split('/');
          if (![...computer.here.keys()].some((each) => each.startsWith(`${folder}/`)) && path !== folder) computer.real.remove(folder);
        } else if (action === 'pull') {
          await computer.real.cache.pull();
          pull(model, i);
        } else {
          await computer.real.cache.push();
          push(model, i);
        }
        for (const { real, here } of model.computers) {
          const files = Object.fromEntries(Object.entries(real.content()).filter(([, content]) => content !== '/'));
          expect({ seed, history, files }).toEqual({ seed, history, files: Object.fromEntries(here) });
        }
      }
      const reader = world.computer();
      await reader.cache.pull();
      expect({ seed, history, files: reader.content() }).toEqual({ seed, history, files: Object.fromEntries(model.cache) });
    } finally {
      await world.close();
    }
  }
}, 120_000);
