import { CONFIG_ENVIRONMENT } from '../../../lib/contract/config';
import { requireEnvironment } from '../environment';

const NAMESPACE = /^\/$|^(?:\/[\w.-]+)+$/;

/** The paths that are followed. Read it when the module loads, as all settings. */
export function namespacesSetting(): readonly string[] {
  const name = CONFIG_ENVIRONMENT.namespaces;
  const text = requireEnvironment(name);
  const paths = parsed(text);
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === 'string' && NAMESPACE.test(path))) {
    throw new Error(`the environment variable ${name} must be a JSON array of paths such as ["/app"], not ${JSON.stringify(text)}: `
      + 'the construct sets it, so deploy its stack again');
  }
  return paths;
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export function integerSetting(name: string, range: IntegerRange): number {
  return integerOf(name, requireEnvironment(name), range);
}

/** A setting that may be left out. */
export function optionalIntegerSetting(name: string, range: IntegerRange): number | undefined {
  const text = optionalSetting(name);
  return text === undefined ? undefined : integerOf(name, text, range);
}

/** A setting that may be left out. */
export function optionalSetting(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** Times that SQS allows for a queue's `maxReceiveCount`. */
export function maxReceiveCountSetting(): number {
  return integerSetting(CONFIG_ENVIRONMENT.maxReceiveCount, { min: 1, max: 1_000 });
}

function integerOf(name: string, text: string, { min, max }: IntegerRange): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) {
    throw new Error(`the environment variable ${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}: `
      + 'the construct sets it, so deploy its stack again');
  }
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
