/*
 * Environment variables that the construct sets. They are read when the module loads, so that a function that was put together wrongly fails at
 * its start and says why.
 */

/** An error about a variable. @param what is wrong: `is not set` */
export function environmentError(name: string, what: string): Error {
  return new Error(`the environment variable ${name} ${what}: the construct sets it, so deploy its stack again`);
}

export function requireEnvironment(name: string): string {
  const value = optionalSetting(name);
  if (value === undefined) throw environmentError(name, 'is not set');
  return value;
}

export function optionalSetting(name: string): string | undefined {
  return process.env[name] || undefined;
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export function integerSetting(name: string, range: IntegerRange): number {
  return integerOf(name, requireEnvironment(name), range);
}

export function optionalIntegerSetting(name: string, range: IntegerRange): number | undefined {
  const text = optionalSetting(name);
  return text === undefined ? undefined : integerOf(name, text, range);
}

function integerOf(name: string, text: string, { min, max }: IntegerRange): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max)) throw environmentError(name, `must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
  return value;
}
