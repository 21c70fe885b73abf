// The in-memory layer of every peer, as its documentation says to use it. Each gives `wrap(fn, kind)`: a function to call as `fn` is called.
// Peers that derive no key get JSON of the arguments; async-cache-dedupe takes one argument, so it is given an object.

const HOUR = 3_600_000;
const MAX = 10_000;

async function ours({ client, isolation, table }) {
  const { createMemoizer } = await import(client);
  const { MemoryEntryStore } = await import(new URL('../testing/index.js', client));
  const memoize = createMemoizer({ environment: {}, ...(table && { store: new MemoryEntryStore() }) });
  return (fn) => memoize(fn, { name: 'bench', ttl: '1h', memory: '1h', ...(isolation && { isolation }) });
}

/** The least that remembers a result for a while. */
function floor() {
  return (fn, kind) => {
    const entries = new Map();
    const keyOf = kind === 'flat' ? (id, n) => `${id}:${n}` : JSON.stringify;
    return async (...args) => {
      const key = keyOf(...args);
      const entry = entries.get(key);
      if (entry !== undefined && Date.now() < entry.expires) return entry.value;
      const value = await fn(...args);
      entries.set(key, { value, expires: Date.now() + HOUR });
      return value;
    };
  };
}

async function memoizee() {
  const { default: memoize } = await import('memoizee');
  return (fn, kind) => memoize(fn, {
    promise: true, maxAge: HOUR, max: MAX,
    ...(kind === 'flat' ? { primitive: true, length: 2 } : { length: 1, normalizer: (args) => JSON.stringify(args[0]) }),
  });
}

async function cacheManager() {
  const { createCache } = await import('cache-manager');
  const cache = createCache({ ttl: HOUR });
  return (fn) => (...args) => cache.wrap(JSON.stringify(args), () => fn(...args));
}

async function bento() {
  const { BentoCache, bentostore } = await import('bentocache');
  const { memoryDriver } = await import('bentocache/drivers/memory');
  const cache = new BentoCache({ default: 'm', stores: { m: bentostore().useL1Layer(memoryDriver({ maxItems: MAX })) } });
  return (fn) => (...args) => cache.getOrSet({ key: JSON.stringify(args), ttl: '1h', factory: () => fn(...args) });
}

async function cacheable() {
  const { Cacheable } = await import('cacheable');
  const cache = new Cacheable();
  return (fn) => cache.wrap(fn, { ttl: '1h', keyPrefix: 'bench' });
}

async function asyncCacheDedupe() {
  const { createCache } = await import('async-cache-dedupe');
  const cache = createCache({ ttl: 3600, storage: { type: 'memory', options: { size: MAX } } });
  return (fn, kind) => {
    cache.define('bench', kind === 'flat' ? ({ id, n }) => fn(id, n) : fn);
    return kind === 'flat' ? (id, n) => cache.bench({ id, n }) : (query) => cache.bench(query);
  };
}

export const MEMORY_SUBJECTS = {
  ours,
  'ours-table': (options) => ours({ ...options, table: true }),
  map: floor,
  memoizee,
  'async-cache-dedupe': asyncCacheDedupe,
  'cache-manager': cacheManager,
  bentocache: bento,
  cacheable,
};
