import type { ConfigConnection } from '../../../runtime/config/connection.js';
import type { LocalConfigCache } from '../../../runtime/config/local/local-config-cache.js';
import type { NamesView } from '../../../runtime/config/local/names-view.js';
import { CacheTiersError } from '../../../runtime/errors.js';
import { explain } from '../../explain.js';
import { count } from '../../format.js';
import type { Child, Names } from './names.js';
import type { Backend } from './session.js';
import type { Content } from './state.js';

/** For one answer, in milliseconds. */
const DEADLINE = 15_000;
/** Lines of a history at most. */
const MOST_CHANGES = 200;

/** A view of the local copy. Members of a path are read once. */
export function namesOf(view: NamesView): Names {
  const members = new Map<string, readonly Child[]>();
  const syncedAt = view.readAt;
  return {
    count: view.count(),
    ...(syncedAt !== undefined && { syncedAt }),
    children: (path) => {
      let found = members.get(path);
      if (found === undefined) members.set(path, found = view.children(path));
      return found;
    },
    get: (name) => view.get(name),
    search: (text, limit) => searched(view, text, limit),
  };
}

/** Names that contain the text come first, whatever else is like it. */
function searched(view: NamesView, text: string, limit: number): string[] {
  const wanted = text.toLowerCase();
  const found = new Set<string>();
  for (const { name } of view.names()) {
    if (name.toLowerCase().includes(wanted)) found.add(name);
    if (found.size >= limit) return [...found];
  }
  for (const { name } of view.fuzzy(text, { limit: limit - found.size })) found.add(name);
  return [...found];
}

/** What browse asks of AWS. */
export function backendOf(connection: ConfigConnection, cache: LocalConfigCache): Backend {
  const limited = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(DEADLINE)]);
  return {
    fetch: ({ what, name }, signal) => what === 'value' ? valueOf(connection, name, limited(signal)) : historyOf(connection, name, limited(signal)),
    sync: async (signal) => {
      const { changed, kind } = await cache.sync({ signal });
      const message = changed === 0 ? 'nothing has changed' : `${count(changed, 'change')}${kind === 'full' ? ', all names were read' : ''}`;
      return { names: namesOf(cache.view), message };
    },
    explain: (error) => explain(error, 'config'),
  };
}

/** With its type as it is now, which decides whether it is masked: the copy may be old. */
async function valueOf({ ssm }: ConfigConnection, name: string, signal: AbortSignal): Promise<Content> {
  const { readParameter } = await import('../../../runtime/config/parameters/reads.js');
  const found = await readParameter(ssm, name, true, signal);
  if (found === undefined) throw new CacheTiersError('E_CONFIG_PARAMETER_MISSING', `${name} is not there any more; r asks for changes`);
  const { value, type, version } = found;
  return { kind: 'value', name, value, type, version };
}

/** From the audit log where there is one: it knows of deletions and labels too. */
async function historyOf(connection: ConfigConnection, name: string, signal: AbortSignal): Promise<Content> {
  const { auditTable } = await connection.footprint(signal);
  const changes = auditTable === undefined ? await versionsOf(connection, name, signal) : await recordsOf(connection, name, signal);
  return { kind: 'history', name, changes: changes.slice(0, MOST_CHANGES), isWhole: changes.length <= MOST_CHANGES };
}

type Changes = Extract<Content, { kind: 'history' }>['changes'];

async function versionsOf(connection: ConfigConnection, name: string, signal: AbortSignal): Promise<Changes> {
  const { ConfigClient } = await import('../../../runtime/config/values/config-client.js');
  const versions = await new ConfigClient({ connection }).history(name, { signal });
  return versions.reverse().map(({ lastModified, version, lastModifiedUser }) =>
    ({ time: lastModified, action: 'PutParameter', version, user: lastModifiedUser }));
}

async function recordsOf(connection: ConfigConnection, name: string, signal: AbortSignal): Promise<Changes> {
  const { AuditLog } = await import('../../../runtime/config/audit/audit-log.js');
  const changes: Changes[number][] = [];
  for await (const { time, action, version, user } of new AuditLog({ connection }).entries({ name }, signal)) {
    changes.push({ time, action, version, user });
    if (changes.length > MOST_CHANGES) break;
  }
  return changes;
}
