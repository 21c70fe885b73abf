// What a folder and its bucket go through, with one subject: each step is measured, and after each download the bytes are compared.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NAMES, PROGRAMS } from '../subjects/tasks/programs.mjs';
import { CREDENTIALS, REGION } from './access.mjs';
import { start, wholeProgram } from './children.mjs';
import { differences, edit, makeFolder } from './task-folders.mjs';

const LIMIT_MS = 600_000;
/** S3's times are whole seconds: who goes by them sees a change a second later. */
const TICK_MS = 1_100;
/** What was written a moment ago may be written to again in the same tick of the file system's clock: ours reads it again, once. */
const OLD_MS = 3_000;

export const STEPS = {
  'up-cold': 'up, the bucket is empty', 'up-none': 'up, no change', 'down-cold': 'down, the folder is empty', 'down-none': 'down, no change',
  'up-edit': 'up, 1 % changed', 'down-edit': 'down, 1 % changed',
  'up-same': 'up, 1 % changed, sizes the same', 'down-same': 'down, 1 % changed, sizes the same',
};

/**
 * @param {{ subject: string, folder: string, dataset: object, server: object, latency: number, at: object }} given `at`: where programs are
 * @returns {Promise<Record<string, { wallMs, cpuMs, peakMb, requests, megabytes, kinds, serverShare, wrong? }>>} by step
 */
export async function goThrough({ subject, folder, dataset, server, latency, at }) {
  const [source, copy, state] = ['source', 'copy', 'state'].map((name) => join(folder, name));
  makeFolder(source, dataset);
  mkdirSync(copy);
  await pause(OLD_MS);
  const place = { endpoint: server.endpoint, bucket: 'bench', state, ...at };
  const means = subject === 'ours-process' ? inProcess(place, source, copy) : byProgram(subject, place, source, copy);
  const taken = {};
  const take = async (name) => {
    await server.ask({ latency });
    const used = await means.go(name.startsWith('up') ? 'push' : 'pull');
    const { requests: kinds, bytesIn, bytesOut, cpuMs } = await server.ask({});
    const requests = Object.values(kinds).reduce((sum, count) => sum + count, 0);
    taken[name] = { ...used, kinds, requests, megabytes: (bytesIn + bytesOut) / 1e6, serverShare: cpuMs / used.wallMs };
    if (name.startsWith('down')) taken[name].wrong = differences(source, copy);
  };
  await server.ask({ forget: true });
  try {
    for (const name of ['up-cold', 'up-none', 'down-cold', 'down-none']) await take(name);
    for (const how of ['edit', 'same']) {
      await pause(TICK_MS);
      edit(source, dataset, how === 'edit' ? 'longer' : how);
      await take(`up-${how}`);
      await take(`down-${how}`);
    }
  } catch (error) {
    throw new Error(`${NAMES[subject] ?? subject}: ${error.message}`);
  } finally {
    await means.end();
    await server.ask({ forget: true });
  }
  return taken;
}

function byProgram(subject, place, source, copy) {
  const { command, env } = PROGRAMS[subject](place);
  return {
    go: (direction) => wholeProgram(direction === 'push' ? command(source, undefined) : command(undefined, copy), { env, limit: LIMIT_MS }),
    end: () => {},
  };
}

/** Who pushes and who pulls are two processes, which have done nothing before. */
function inProcess({ endpoint, bucket, state, tasks }, source, copy) {
  const params = { tasks, bucket, endpoint, credentials: CREDENTIALS, region: REGION };
  const workers = { push: [source, 'up'], pull: [copy, 'down'] };
  const started = new Map();
  return {
    async go(direction) {
      const [folder, name] = workers[direction];
      if (!started.has(direction)) {
        const worker = start('workers/tasks-folder.mjs', { ...params, folder, state: `${state}-${name}` });
        started.set(direction, worker);
        await worker.message();
      }
      const worker = started.get(direction);
      worker.send(direction);
      return worker.message(LIMIT_MS);
    },
    end: () => Promise.all([...started.values()].map((worker) => worker.end())),
  };
}
