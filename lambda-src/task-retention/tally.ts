/** What was found and done in one namespace of a scope. */
export class Tally {
  /** Results that are kept. */
  records = 0;
  /** Of the objects that are there, as they are stored. */
  bytes = 0;
  /** Results, and states of folders, that were too old or too much. */
  dropped = 0;
  deletedObjects = 0;
  deletedBytes = 0;
  /** Objects that nothing refers to, and that a later run deletes. */
  condemned = 0;
  deletedLeases = 0;
  /** Trees that results refer to, and that are damaged or gone. */
  unreadable = 0;
  /** What could not be done. */
  failures = 0;
  /** Whether records and bytes have been counted. */
  complete = false;

  constructor(readonly scope: string, readonly namespace: string) {}
}
