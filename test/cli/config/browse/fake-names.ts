import type { Child, Known, Names } from '../../../../cli/config/browse/names';

/** Names as a local copy would give them. Counts what is asked for. */
export class FakeNames implements Names {
  readonly opened: string[] = [];
  readonly count: number;
  readonly syncedAt?: number;
  private readonly known: ReadonlyMap<string, Known>;

  constructor(names: readonly string[] | Readonly<Record<string, Known>>, syncedAt: number | 'never' = Date.UTC(2026, 0, 1)) {
    if (syncedAt !== 'never') this.syncedAt = syncedAt;
    const plain = (name: string): [string, Known] => [name, { type: 'String', version: 1 }];
    const entries = Array.isArray(names) ? names.map(plain) : Object.entries(names as Record<string, Known>);
    this.known = new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
    this.count = this.known.size;
  }

  children(path: string): Child[] {
    this.opened.push(path);
    const folder = path.endsWith('/') ? path : `${path}/`;
    const found = new Map<string, { name: string; isPath: boolean; isParameter: boolean; count: number }>();
    for (const name of this.known.keys()) {
      if (!name.startsWith(folder)) continue;
      const slash = name.indexOf('/', folder.length);
      const child = slash < 0 ? name : name.slice(0, slash);
      let member = found.get(child);
      if (member === undefined) found.set(child, member = { name: child, isPath: false, isParameter: false, count: 0 });
      if (slash < 0) member.isParameter = true;
      else Object.assign(member, { isPath: true, count: member.count + 1 });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): Known | undefined {
    return this.known.get(name);
  }

  search(text: string, limit: number): string[] {
    return [...this.known.keys()].filter((name) => name.includes(text)).slice(0, limit);
  }
}

/** `/service-0/group-0/name-0`… */
export function manyNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `/service-${i % 10}/group-${Math.floor(i / 10) % 100}/name-${i}`);
}
