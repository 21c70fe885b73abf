/** @param {{ createMemoizer: Function }} client the built client */
export function using({ createMemoizer }) {
  return ({ endpoint, region, credentials, ttl = '1h', budget }) => {
    const memoize = createMemoizer({ table: 'memo', endpoint, region, credentials, budget, environment: {} });
    return { wrap: (fn) => memoize(fn, { name: 'bench', ttl }), settled: () => memoize.settled() };
  };
}

export async function open(access) {
  return using(await import(access.client))(access);
}
