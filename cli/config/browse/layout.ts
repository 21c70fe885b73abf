import type { Child, Names } from './names.js';
import { parentOf } from './names.js';

/** A row of the tree. */
export interface Row extends Child {
  /** 0 for members of the root. */
  readonly depth: number;
  readonly isOpen: boolean;
}

/** The rows of a tree in which some paths are open. None is made before somebody asks for it: there may be a hundred thousand. */
export interface Layout {
  readonly count: number;
  row(index: number): Row | undefined;
  /** Where a name stands. Undefined: a path above it is closed, or it is not there. */
  indexOf(name: string): number | undefined;
}

interface OpenMember {
  readonly at: number;
  readonly branch: Branch;
}

/** A path that is open: its members, and which of them are open themselves. */
class Branch {
  readonly count: number;

  /** @param open by position among the members, ascending */
  constructor(readonly members: readonly Child[], readonly open: readonly OpenMember[], readonly depth: number) {
    this.count = members.length + open.reduce((sum, { branch }) => sum + branch.count, 0);
  }

  row(index: number): Row | undefined {
    let before = 0; // rows of the open members before
    for (const { at, branch } of this.open) {
      const own = at + before;
      if (index < own) break;
      if (index === own) return { ...this.members[at], depth: this.depth, isOpen: true };
      if (index <= own + branch.count) return branch.row(index - own - 1);
      before += branch.count;
    }
    const member = this.members[index - before];
    return member && { ...member, depth: this.depth, isOpen: false };
  }

  indexOf(name: string): number | undefined {
    let before = 0;
    for (const { at, branch } of this.open) {
      const member = this.members[at];
      if (name.startsWith(`${member.name}/`)) {
        const inside = branch.indexOf(name);
        return inside === undefined ? undefined : at + before + 1 + inside;
      }
      if (member.name >= name) break;
      before += branch.count;
    }
    const at = find(this.members, name);
    return at === undefined ? undefined : at + before;
  }
}

/** Position of a name among members, which are in order. */
function find(members: readonly Child[], name: string): number | undefined {
  let [low, high] = [0, members.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = members[middle].name;
    if (found === name) return middle;
    if (found < name) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** @param open paths that are open; one that is inside a closed path has no rows */
export function layoutOf(names: Names, root: string, open: ReadonlySet<string>): Layout {
  const inside = new Map<string, string[]>();
  for (const path of open) {
    const parent = parentOf(path);
    if (parent === undefined) continue;
    const others = inside.get(parent);
    if (others) others.push(path);
    else inside.set(parent, [path]);
  }
  const branchOf = (path: string, depth: number): Branch => {
    const members = names.children(path);
    const openMembers = (inside.get(path) ?? []).flatMap((name) => {
      const at = find(members, name);
      return at !== undefined && members[at].isPath ? [{ at, branch: branchOf(name, depth + 1) }] : [];
    });
    return new Branch(members, openMembers.sort((a, b) => a.at - b.at), depth);
  };
  return branchOf(root, 0);
}
