import { start } from './children.mjs';

export const TYPESCRIPT = { nodeFlags: ['--import', import.meta.resolve('tsx')] };

/**
 * Runs `use` with a server of the config tier's tables.
 *
 * @template T
 * @param {(tables: { endpoint: string, begin: number, counts: (message?: object) => Promise<Record<string, number>> }) => Promise<T>} use
 *   `begin` is the time of the log's first record; `counts` tells what was read since it was asked last, and then has as many parameters changed
 *   as its message's `change` says
 */
export async function withConfigTables(use) {
  const server = start('servers/config-tables.mjs', {}, TYPESCRIPT);
  try {
    const { endpoint, begin } = await server.message();
    const counts = (message = {}) => {
      server.send(message);
      return server.message();
    };
    return await use({ endpoint, begin, counts });
  } finally {
    await server.end();
  }
}
