import type { Granted } from './granted';
import type { Unused } from '../kit';

/** What a role may do and did not. */
export interface UnusedGrant extends Granted {
  /** Construct path of the role. */
  readonly role: string;
}

/** The app's list of what is unused, with what came of its entries. */
export class UnusedList {
  private readonly matched = new Set<string>();

  constructor(private readonly entries: readonly Unused[]) {}

  /** @param others everything else that is unused: an entry that does not say on which resource must fit one statement only */
  reasonFor(unused: UnusedGrant, others: readonly UnusedGrant[]): string | undefined {
    const fitting = this.entries.filter((each) => fits(each, unused));
    const entry = fitting.find(({ on }) => unused.resources.some((resource) => resource === on)) ?? fitting[0];
    if (entry === undefined) return undefined;
    const also = others.find((other) => other.role === unused.role && other.action === unused.action && fits(entry, other)
      && other.resources.join() !== unused.resources.join());
    if (also !== undefined && !unused.resources.some((resource) => resource === entry.on)) {
      throw new Error(`e2e.ts lists ${unused.action} of ${entry.role} as unused, which is ${describe(unused)} and ${describe(also)}: `
        + 'say with `on` which is meant');
    }
    this.matched.add(nameOf(entry, unused.action));
    return entry.why;
  }

  /** Entries that nothing fits. */
  stale(): string[] {
    return this.entries.flatMap((entry) => entry.actions.filter((action) => !this.matched.has(nameOf(entry, action)))
      .map((action) => `e2e.ts lists ${action} of ${entry.role} as unused, but it is used or in no policy: take it off the list`));
  }
}

export function describe({ action, resources }: Granted): string {
  return resources.length === 0 ? action : `${action} on ${resources.join(', ')}`;
}

function fits({ role, actions, on }: Unused, unused: UnusedGrant): boolean {
  return (unused.role === role || unused.role.startsWith(`${role}/`)) && actions.includes(unused.action)
    && (on === undefined || unused.resources.some((resource) => resource.includes(on)));
}

const nameOf = ({ role, on }: Unused, action: string) => `${role} ${action} ${on}`;
