/**
 * An environment variable that the construct sets. Read it when the module loads, so that a function that was put together
 * wrongly fails at its start and says why.
 */
export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is not set: the construct sets it, so deploy its stack again`);
  }
  return value;
}
