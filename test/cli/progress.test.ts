import { PassThrough } from 'node:stream';
import { ProgressLine, startProgress } from '../../cli/progress';
import type { Io } from '../../cli/context';

function terminal(isTTY: boolean) {
  const written: string[] = [];
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 70 });
  stderr.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const io = { stderr, stdout: new PassThrough(), stdin: new PassThrough(), env: {}, signal: new AbortController().signal } as unknown as Io;
  return { io, written };
}

test('a line has a bar, the rate and the time that remains, and is cut', () => {
  let now = 0;
  const line = new ProgressLine('restore', 'parameter', () => now);
  now = 10_000;
  line.set(50, 200, '4.0 writes/s tried');
  expect(line.text(100)).toBe('=====--------------- restore: 50 of 200 parameters, 5.0/s, 30 s left, 4.0 writes/s tried');
  expect(line.text(30)).toBe('=====--------------- restore: ');
  line.set(200, 200);
  expect(line.text()).toBe('restore: 200 of 200 parameters, 20/s');
  line.set(1234, undefined);
  expect(line.text(100)).toBe('restore: 1,234 parameters, 123/s');
});

test('lines now and then elsewhere, none for what is soon done', async () => {
  let now = 0;
  const { io, written } = terminal(false);
  const progress = await startProgress(io, 'sync', 'name', () => now);
  for (now = 1; now < 25_000; now += 1_000) progress.update(now);
  progress.stop();
  await new Promise(setImmediate);
  expect(written).toEqual(['sync: 10,001 names, 1,000/s\n', 'sync: 20,001 names, 1,000/s\n']);
});
