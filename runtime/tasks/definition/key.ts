import { NotAKey } from '../../data/key-writer.js';
import { keyText } from '../../data/key-text.js';
import { show } from '../../errors.js';
import type { Digest } from '../content/shapes.js';
import { TaskError, reasonOf } from '../errors.js';
import { concealed } from './concealed.js';
import { textDigest } from './digest.js';
import { inputFilesDigest, type FileHashes } from './input-files.js';
import type { KnownInstance } from './instance.js';
import { DECLARED_NAME, DECLARED_NAME_RULE } from './names.js';
import type { TaskInput } from './shapes.js';

export type { FileHashes };

/** Changes with how keys are made: then results of before are not found any more. */
const FORMAT = 'cache-tiers task 1';
/** Of a part's digest: enough to see that it changed. */
const PART_CHARACTERS = 16;

export interface KeyOptions {
  /** Folder that files are relative to. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Files are read once for all keys that are given the same map. */
  readonly hashes?: FileHashes;
  readonly signal?: AbortSignal;
}

export interface TaskKey {
  readonly key: Digest;
  /** What it was made of, by name: `version`, `param.region`, `input.template`, `env.STAGE`, `requires.parameters`; 16 characters of each digest. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Digests of the results of required tasks, by the name that they are called by; a list's order matters. */
export type RequiredDigests = Readonly<Record<string, Digest | readonly Digest[]>>;

/**
 * The key of a task: SHA-256 of its family and of the digests of all its parts. Two tasks have the same if all of it is the same.
 *
 * Keys and parts are stored. Of environment variables and private parameters they have the slow hash only (`concealed`).
 *
 * @throws TaskError `E_TASK_INPUT` if an input cannot be read
 */
export async function keyOf(task: KnownInstance, required: RequiredDigests, options: KeyOptions): Promise<TaskKey> {
  const digests = await partDigests(task, required, options);
  return { key: textDigest(keyText([FORMAT, task.family, digests])), parts: shortened(digests) };
}

/** The parts alone, where not all results of required tasks are known. @throws as `keyOf` */
export async function partsOf(task: KnownInstance, required: RequiredDigests, options: KeyOptions): Promise<TaskKey['parts']> {
  return shortened(await partDigests(task, required, options));
}

/** Whole digests by name: no two parts have the same name, as each begins with what it is. */
async function partDigests(task: KnownInstance, required: RequiredDigests, options: KeyOptions): Promise<Record<string, Digest>> {
  const { definition } = task;
  const digests: Record<string, Digest> = { version: textDigest(keyText([definition.version ?? '1'])) };
  for (const [name, text] of Object.entries(task.significant)) digests[`param.${name}`] = textDigest(text);
  for (const [name, input] of Object.entries(inputsOf(task))) digests[`input.${name}`] = await inputDigest(task, name, input, options);
  for (const name of definition.env ?? []) digests[`env.${name}`] = envDigest(name, options.env[name]);
  for (const [name, digest] of Object.entries(required)) digests[`requires.${name}`] = textDigest(keyText([digest]));
  return digests;
}

function shortened(digests: Readonly<Record<string, Digest>>): Record<string, string> {
  return Object.fromEntries(Object.entries(digests).map(([name, digest]) => [name, digest.slice(0, PART_CHARACTERS)]));
}

function envDigest(name: string, value: string | undefined): Digest {
  return textDigest(keyText([value === undefined ? undefined : concealed(`variable ${name}`, value)]));
}

function inputsOf(task: KnownInstance): Readonly<Record<string, TaskInput>> {
  const { inputs } = task.definition;
  if (typeof inputs !== 'function') return inputs ?? {};
  let named: unknown;
  try {
    named = inputs(task.values);
  } catch (error) {
    throw wrong(task, 'inputs', `failed: ${reasonOf(error)}`, error);
  }
  if (typeof named !== 'object' || named === null || Array.isArray(named) || 'then' in named) {
    throw wrong(task, 'inputs', `must return an object of inputs by name, got ${show(named)}`);
  }
  return named as Readonly<Record<string, TaskInput>>;
}

async function inputDigest(task: KnownInstance, name: string, input: TaskInput, options: KeyOptions): Promise<Digest> {
  if (!DECLARED_NAME.test(name)) throw wrong(task, 'inputs', `must have ${DECLARED_NAME_RULE}, got ${show(name)}`);
  switch (input?.kind) {
    case 'files': return textDigest(keyText(['files', await inputFilesDigest(input.patterns, options)]));
    case 'data': return textDigest(keyText(['data', dataDigest(task, name, input.value)]));
    default: throw wrong(task, `inputs.${name}`, `must be made by files() or data(), got ${show(input)}`);
  }
}

function dataDigest(task: KnownInstance, name: string, value: unknown): Digest {
  try {
    return textDigest(keyText([value]));
  } catch (error) {
    if (!(error instanceof NotAKey)) throw error;
    throw wrong(task, `inputs.${name}`, `must be structured-cloneable data: its value${error.place.slice('[0]'.length)} is ${error.message}`, error);
  }
}

function wrong(task: KnownInstance, place: string, message: string, cause?: unknown): TaskError {
  return new TaskError('E_TASK_INPUT', `${place} of ${task.id} ${message}`, { cause });
}
