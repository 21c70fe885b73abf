import { decodeMetadata, encodeMetadata, type LocalMetadata, type Row } from './local-name.js';

/** A put or a delete of this user's own, which the table of names does not show yet. */
export interface OwnChange {
  readonly name: string;
  readonly active: boolean;
  /** Metadata as the copy keeps them; of a delete, those of what was deleted. */
  readonly json: string;
  /** When it was done, by this computer's clock. */
  readonly at: number;
  /** `changed` of the row that was known then; 0: none was. */
  readonly known: number;
}

/** The table of names shows a change after this at the latest, in milliseconds; if not, it is right and the own change is not. */
const OWN_CHANGE_AGE = 600_000;

/** Own changes by name. */
export type OwnChanges = ReadonlyMap<string, OwnChange>;

export function ownPut(name: string, metadata: LocalMetadata, known: Row | undefined, at: number): OwnChange {
  // An overwrite that does not say the type or the description keeps them.
  const before = known?.active ? decodeMetadata(known.json) : {};
  const given = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
  const { version: _version, lastModified: _time, lastModifiedUser: _user, ...kept } = before;
  return { name, active: true, json: encodeMetadata({ ...kept, ...given }), at, known: known?.changed ?? 0 };
}

export function ownDelete(name: string, known: Row | undefined, at: number): OwnChange {
  return { name, active: false, json: known?.active ? known.json : '[]', at, known: known?.changed ?? 0 };
}

/** Whether the table of names has come to say the same, or what came after. A row that was known before the change says nothing about it. */
export function agrees(own: OwnChange, row: Row | undefined): boolean {
  if (row === undefined || row.changed <= own.known) return false;
  const [mine, theirs] = [decodeMetadata(own.json), decodeMetadata(row.json)];
  if (own.active) return row.active && (mine.version === undefined || (theirs.version !== undefined && theirs.version >= mine.version));
  return !row.active || isAnother(theirs, mine);
}

/** Whether a parameter was created after another of its name was deleted: versions of one and the same rise with time. */
function isAnother(later: LocalMetadata, deleted: LocalMetadata): boolean {
  return later.lastModified !== undefined && deleted.lastModified !== undefined && later.lastModified > deleted.lastModified
    && later.version !== undefined && deleted.version !== undefined && later.version <= deleted.version;
}

/**
 * Own changes that still hold after the table was read.
 *
 * @param rowOf the row that the copy has now
 * @param began when the reading began, by this computer's clock; that may have been set back since
 */
export function stillOwn(own: OwnChanges, rowOf: (name: string) => Row | undefined, began: number): OwnChanges {
  return new Map([...own].filter(([name, change]) => Math.abs(began - change.at) <= OWN_CHANGE_AGE && !agrees(change, rowOf(name))));
}
