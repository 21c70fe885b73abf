import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  TASK_DEFAULT_FOLDER, TASK_DEFAULT_NAMESPACE, TASK_DEFAULT_SCOPE, TASK_ENVIRONMENT, TASK_METRICS_EMF, TASK_NAME,
} from '../../../lib/contract/tasks.js';
import { show } from '../../errors.js';
import { isLambda } from '../../lambda.js';
import { milliseconds } from '../../resilience/duration.js';
import { invalid } from '../errors.js';
import { parseMode, type Mode } from './mode.js';
import type { TaskStorageOptions } from './options.js';

/** Options of a storage, checked, with environment and defaults. */
export interface StorageSettings {
  readonly mode: Mode;
  readonly bucket?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly scope: string;
  readonly readScopes: readonly string[];
  readonly namespace: string;
  /** Absolute. */
  readonly folder: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly strict: boolean;
  readonly emf: boolean;
}

/** @throws InvalidArgumentError that names the option or the environment variable */
export function settingsOf(options: TaskStorageOptions): StorageSettings {
  const env = options.env ?? process.env;
  const from = (option: string | undefined, variable: string): string | undefined => option ?? (env[variable] || undefined);
  const bucket = from(options.bucket, TASK_ENVIRONMENT.bucket);
  const hasRemote = bucket !== undefined || options.parts?.remote !== undefined;
  const mode = from(options.mode, TASK_ENVIRONMENT.mode);
  const parsed = mode === undefined ? parseMode(hasRemote ? 'local:rw,remote:rw' : 'local:rw') : parseMode(mode);
  if (!hasRemote && (parsed.remote.reads || parsed.remote.writes)) {
    throw invalid(`mode asks for the remote tier, got ${show(mode)}, and no bucket is named: set bucket or ${TASK_ENVIRONMENT.bucket}`);
  }
  const scope = name('scope', TASK_ENVIRONMENT.scope, from(options.scope, TASK_ENVIRONMENT.scope) ?? TASK_DEFAULT_SCOPE);
  const given = options.readScopes ?? (env[TASK_ENVIRONMENT.readScopes] ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '');
  const readScopes = given.map((each) => name('readScopes', TASK_ENVIRONMENT.readScopes, each)).filter((each) => each !== scope);
  const metrics = options.metrics ?? env[TASK_ENVIRONMENT.metrics];
  if (metrics !== undefined && metrics !== '' && metrics !== TASK_METRICS_EMF) {
    throw invalid(`metrics (or ${TASK_ENVIRONMENT.metrics}) must be '${TASK_METRICS_EMF}' or left out, got ${show(metrics)}`);
  }
  const timeout = milliseconds('timeout', options.timeout ?? '10s');
  if (timeout < 1) throw invalid(`timeout must be longer than nothing, got ${show(options.timeout)}`);
  return {
    mode: parsed, bucket, scope, readScopes: [...new Set(readScopes)], timeout,
    region: from(options.region, TASK_ENVIRONMENT.region),
    endpoint: from(options.endpoint, TASK_ENVIRONMENT.endpoint),
    namespace: name('namespace', TASK_ENVIRONMENT.namespace, from(options.namespace, TASK_ENVIRONMENT.namespace) ?? TASK_DEFAULT_NAMESPACE),
    folder: resolve(from(options.folder, TASK_ENVIRONMENT.folder) ?? defaultFolder(env)),
    strict: options.strict ?? false,
    emf: metrics === TASK_METRICS_EMF,
  };
}

function name(option: string, variable: string, value: string): string {
  if (TASK_NAME.test(value)) return value;
  throw invalid(`${option} (or ${variable}) must be 1 to 63 letters, digits, _ or -, got ${show(value)}`);
}

/** Of all that a Lambda function sees, the folder for temporary files alone can be written to. */
function defaultFolder(env: NonNullable<TaskStorageOptions['env']>): string {
  return isLambda(env) ? join(tmpdir(), TASK_DEFAULT_FOLDER) : TASK_DEFAULT_FOLDER;
}
