/* Runs browse as a process of its own, on names and values that are made up. Its pipes pass for a terminal; a size comes as a message. */
import { initialState } from '../../../../cli/config/browse/state';
import type { Io } from '../../../../cli/context';
import { FakeNames, manyNames } from './fake-names';

const { columns, rows, many, crash, colors } = JSON.parse(process.argv[2]) as
  { columns: number; rows: number; many?: number; crash?: boolean; colors: boolean };
const stdin = Object.assign(process.stdin, { isTTY: true, isRaw: false, setRawMode: (isRaw: boolean) => {
  process.send?.({ isRaw });
  return stdin;
} });
for (const method of ['ref', 'unref'] as const) (stdin as unknown as Record<string, unknown>)[method] ??= () => stdin;
const stdout = Object.assign(process.stdout, { isTTY: true, columns, rows });
const stopped = new AbortController();
process.on('SIGTERM', () => stopped.abort());
process.on('message', (size: object) => {
  Object.assign(stdout, size);
  stdout.emit('resize');
});

const small = { '/app/db/url': { type: 'String', version: 2 }, '/app/db/password': { type: 'SecureString', version: 7 }, '/app/漢字': {}, '/log': {} };
const names = many ? new FakeNames(manyNames(many)) : new FakeNames(small);
if (crash) names.search = () => { throw new Error('it broke'); };
const io = { stdin, stdout, stderr: process.stderr, env: process.env, signal: stopped.signal } as Io;
// As the command does: Ink awaits at its top.
import('../../../../cli/config/browse/screen').then(({ browseOn }) => browseOn(io, {
  place: { footprint: 'prod', account: '111122223333', region: 'eu-west-1' }, colors,
  begin: (size) => initialState(names, '/', size, Date.UTC(2026, 0, 1, 0, 3)),
  backend: {
    fetch: async ({ what, name }) => what === 'value'
      ? { kind: 'value', name, value: `value of ${name}`, type: names.get(name)?.type, version: 7 }
      : { kind: 'history', name, changes: [], isWhole: true },
    sync: async () => ({ names, message: 'nothing has changed' }),
    explain: String,
  },
})).then(() => process.disconnect?.(), (error: Error) => {
  process.stderr.write(`${error.name}\n`);
  process.exitCode = 1;
  process.disconnect?.();
});
