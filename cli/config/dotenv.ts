import { UsageError } from '../context.js';

/**
 * Values as lines of a `.env` file, by the last part of their names, or by all that comes after a path: `/app/db/host` is `DB_HOST` of `/app`.
 *
 * @throws UsageError where two parameters would have one name
 */
export function dotenv(values: Readonly<Record<string, string>>, path?: string): string {
  const from = new Map<string, string>();
  const lines = Object.entries(values).map(([name, value]) => {
    const variable = variableOf(name, path);
    const other = from.get(variable);
    if (other !== undefined) throw new UsageError(`'${other}' and '${name}' would both be ${variable}: take --output json, or fewer parameters`);
    from.set(variable, name);
    return `${variable}=${quoted(value)}\n`;
  });
  return lines.join('');
}

function variableOf(name: string, path: string | undefined): string {
  const plain = name.replace(/:[^/]*$/, ''); // without version and label
  const prefix = path === undefined ? plain.slice(0, plain.lastIndexOf('/') + 1) : `${path.replace(/\/+$/, '')}/`;
  const rest = plain.startsWith(prefix) ? plain.slice(prefix.length) : plain;
  const variable = rest.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_/, '').toUpperCase();
  return /^\d/.test(variable) ? `_${variable}` : variable;
}

/** As a shell reads it; readers of such files take all but a value with both kinds of quotes for the same. */
function quoted(value: string): string {
  if (/^[\w./:@%+,=-]*$/.test(value)) return value;
  if (!value.includes('\'')) return `'${value}'`;
  return `"${value.replace(/[\\"$`]/g, '\\$&')}"`;
}
