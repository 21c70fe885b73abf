// Child processes: every measurement and every server runs in one of its own, has a time limit, and is ended by its handle.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const BENCH = join(import.meta.dirname, '..');
const REPORT = join(BENCH, 'harness', 'report.cjs');
const USAGE = join(BENCH, 'harness', 'usage.py');
const running = new Set();

/** Kills whatever still runs; for the end of the run, however it comes. */
export function endAll() {
  for (const child of running) child.kill('SIGKILL');
}

/**
 * Starts a script of this folder. It gets `params` as JSON in its first argument and talks by messages.
 *
 * @param {string} script relative to bench/
 */
export function start(script, params = {}, { nodeFlags = [], env = {} } = {}) {
  const child = spawn(process.execPath, [...nodeFlags, join(BENCH, script), JSON.stringify(params)], {
    env: { ...plainEnvironment(), AWS_EC2_METADATA_DISABLED: 'true', ...env }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced',
  });
  running.add(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => { stderr = (stderr + text).slice(-4000); });
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => {
    running.delete(child);
    resolve({ code, signal });
  }));
  const failure = ended.then(({ code, signal }) => {
    throw new Error(`${script} ${describe(params)} ended with ${signal ?? code} before it answered${stderr && `:\n${stderr.trim()}`}`);
  });
  failure.catch(() => {});
  return {
    child,
    ended,
    send: (message) => child.send(message),
    /** The next message. @throws if the process ends, or is silent for longer than `limit` milliseconds */
    message(limit = 60_000) {
      let timer;
      const late = new Promise((_resolve, reject) => {
        timer = setTimeout(() => {
          child.kill('SIGKILL');
          reject(new Error(`${script} ${describe(params)} did not answer within ${limit} ms`));
        }, limit);
      });
      const next = new Promise((resolve) => child.once('message', resolve));
      return Promise.race([next, failure, late]).finally(() => clearTimeout(timer)).then((message) => {
        if (message?.error !== undefined) throw new Error(`${script} ${describe(params)}: ${message.error}`);
        return message;
      });
    },
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * Runs any program from beginning to end, and takes what it and all processes that it starts need. Needs python3.
 *
 * @param {string[]} command
 * @returns {Promise<{ wallMs: number, cpuMs: number, peakMb: number }>} `peakMb` of the largest of them
 */
export async function wholeProgram(command, { env = {}, limit = 60_000 } = {}) {
  const child = spawn('python3', [USAGE, ...command], {
    env: { ...plainEnvironment(), ...env }, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true,
  });
  const group = { kill: (signal) => process.kill(-child.pid, signal) }; // what it measures, too
  running.add(group);
  const timer = setTimeout(() => group.kill('SIGKILL'), limit);
  const texts = [2, 3].map(async (stream) => {
    let text = '';
    for await (const part of child.stdio[stream].setEncoding('utf8')) text += part;
    return text;
  });
  const ended = await new Promise((resolve) => child.once('error', resolve).once('exit', (code, signal) => resolve(signal ?? code)));
  clearTimeout(timer);
  running.delete(group);
  const [stderr, report] = await Promise.all(texts);
  if (ended !== 0) throw new Error(`${command.join(' ')} ended with ${ended}:\n${stderr.slice(-4000)}`);
  return JSON.parse(report);
}

/** Runs a script until its one message. */
export async function measure(script, params, { limit, ...options } = {}) {
  const process_ = start(script, params, options);
  try {
    return await process_.message(limit);
  } finally {
    await process_.end();
  }
}

/**
 * Runs a program of Node from beginning to end, and takes what the whole process needed: time from before its start to its end, CPU time of all
 * threads, and the most memory that it had at a time.
 *
 * @param {string[]} args of node
 * @returns {Promise<{ wallMs: number, cpuMs: number, peakMb: number, stdout: string }>}
 */
export async function wholeProcess(args, { env = {}, limit = 60_000 } = {}) {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--require', REPORT, ...args], {
    env: { ...plainEnvironment(), ...env }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  const texts = [1, 2, 3].map(async (stream) => {
    let text = '';
    for await (const part of child.stdio[stream].setEncoding('utf8')) text += part;
    return text;
  });
  const code = await new Promise((resolve) => child.once('exit', (status, signal) => resolve(signal ?? status)));
  const wallMs = performance.now() - begun;
  clearTimeout(timer);
  running.delete(child);
  const [stdout, stderr, report] = await Promise.all(texts);
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}:\n${stderr.slice(-4000)}`);
  return { wallMs, ...JSON.parse(report), stdout };
}

/** Without the settings of whoever runs this that would change what is measured. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|CACHE_|TASK_CACHE_|RCLONE_|NODE_OPTIONS$|NODE_V8_COVERAGE$|.*_PROXY$)/i.test(name)));
}

function describe({ subject, kind, mode }) {
  return [subject, kind, mode].filter(Boolean).join(' ');
}
