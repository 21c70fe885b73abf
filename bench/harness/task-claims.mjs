// The claims about folders, from what each subject went through.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { NAMES, PROGRAMS } from '../subjects/tasks/programs.mjs';
import { start } from './children.mjs';
import { withFolder } from './folders.mjs';
import { installTaskPeers } from './task-peers.mjs';
import { goThrough, STEPS } from './task-scenarios.mjs';
import { median, shuffled } from './statistics.mjs';

/** So far from the best that one round says enough, each of which takes minutes. */
const SLOW = ['aws', 'rclone', 's5cmd'];
const ROUNDS = 3;
/** What rclone's tuned figure is multiplied with to be our goal. */
const GOALS = { wallMs: 1, cpuMs: 0.5 };
const FIGURES = {
  wallMs: ['wall', 'time', 'ms'], cpuMs: ['cpu', 'CPU', 'ms CPU'], peakMb: ['memory', 'largest process', 'MB'],
  requests: ['requests', 'requests', 'requests'], megabytes: ['bytes', 'bytes of bodies', 'MB'],
};
/** These do not depend on how long an answer takes. */
const CONSTANT = ['peakMb', 'requests', 'megabytes'];

/** @param {string} claim its name @param dataset of task-folders.mjs @param {number} latency milliseconds that every answer takes */
export async function measureFolders(claim, dataset, latency, { tasks, commandLine, rounds }) {
  const { aws, s5cmd, versions } = installTaskPeers();
  const at = { aws, commandLine: commandLine(), tasks };
  console.log(`  ${versions.join('\n  ')}${s5cmd ? '' : '\n  s5cmd is not here, and is left out'}`);
  showCommands(at);
  const subjects = ['ours', 'ours-process', 'rclone-tuned', ...SLOW].filter((subject) => s5cmd || subject !== 's5cmd');
  const server = await startServer();
  try {
    const samples = new Map(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < rounds(ROUNDS); round++) {
      for (const subject of shuffled(subjects).filter((each) => round === 0 || !SLOW.includes(each))) {
        samples.get(subject).push(await inMemory((folder) => goThrough({ subject, folder, dataset, server, latency, at })));
      }
    }
    tellOfWrong(samples);
    tellOfServer(samples);
    return resultsOf(claim, dataset, samples, latency);
  } finally {
    await server.end();
  }
}

function resultsOf(claim, dataset, samples, latency) {
  const results = [];
  for (const [step, what] of Object.entries(STEPS)) {
    for (const [figure, [name, title, unit]] of Object.entries(FIGURES)) {
      if (CONSTANT.includes(figure) && latency > 0) continue;
      const figures = [...samples].map(([subject, taken]) => figureOf(subject, taken.map((each) => each[step]), figure));
      const tuned = figures.find((each) => each.name === NAMES['rclone-tuned']).value;
      const goal = step.endsWith('-none') && figure === 'requests' ? 1 : step.endsWith('-cold') && figure in GOALS ? tuned * GOALS[figure] : null;
      results.push({ claim: `${claim}/${step}-${name}`, unit, better: 'lower', goal, title: `${dataset.title}, ${what}, ${title}`, figures });
    }
  }
  return results;
}

/** Who left wrong bytes did not do it, however fast. */
function figureOf(subject, steps, figure) {
  const values = steps.map((step) => step[figure]);
  const role = subject === 'ours' ? 'ours' : subject === 'ours-process' ? 'other' : 'peer';
  const value = steps.some(({ wrong = 0 }) => wrong > 0) ? NaN : median(values);
  return { name: NAMES[subject] ?? subject, role, value, low: Math.min(...values), high: Math.max(...values) };
}

/** @throws if it was us. No change has to be one request of ours, else the run fails in the end */
function tellOfWrong(samples) {
  for (const [subject, taken] of samples) {
    for (const step of Object.keys(STEPS)) {
      const wrong = Math.max(...taken.map((each) => each[step].wrong ?? 0));
      if (wrong === 0) continue;
      const text = `${NAMES[subject] ?? subject}: ${wrong} files are not what was uploaded, after '${STEPS[step]}'`;
      if (subject.startsWith('ours')) throw new Error(text);
      console.log(`  ${text}`);
    }
    if (!subject.startsWith('ours')) continue;
    const wanted = subject === 'ours' ? '{"GET":1}' : '{"GET 304":1}'; // a new process knows no manifest that might be the same
    const other = taken.flatMap((each) => [each['up-none'].kinds, each['down-none'].kinds]).find((each) => JSON.stringify(each) !== wanted);
    if (other === undefined) continue;
    console.error(`  WRONG: ${subject}: no change is ${JSON.stringify(other)}, not ${wanted}`);
    process.exitCode = 1;
  }
}

/** How much of one processor the server was busy, at its most: near 1, it would be what is measured. */
function tellOfServer(samples) {
  const shares = [...samples].map(([subject, taken]) =>
    `${NAMES[subject] ?? subject} ${Math.max(...taken.flatMap(Object.values).map(({ serverShare }) => serverShare)).toFixed(2)}`);
  console.log(`  The server's share of one processor at its most: ${shares.join('; ')}`);
}

function showCommands(at) {
  const example = { endpoint: 'ENDPOINT', bucket: 'BUCKET', state: 'STATE', ...at, commandLine: 'cache-tiers', aws: 'aws' };
  for (const [subject, program] of Object.entries(PROGRAMS)) {
    const words = program(example).command('FOLDER').filter((word) => word !== process.execPath).map((word) => word || '\'\'');
    console.log(`  ${(NAMES[subject] ?? subject).padEnd(16)} ${words.join(' ')}`);
  }
}

async function startServer() {
  const server = start('servers/task-s3.mjs');
  const { endpoint } = await server.message();
  return {
    endpoint,
    ask(message) {
      server.send(message);
      return server.message();
    },
    end: () => server.end(),
  };
}

/** Runs `use` with a folder in memory, where there is such a thing: no disk is measured. */
const inMemory = (use) => withFolder(use, existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
