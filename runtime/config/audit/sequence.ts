/** How far the time of an event, in whole seconds, may be from that of what it tells of, in milliseconds. */
export const TOLERANCE = 5_000;

export const wholeSecond = (time: number): number => time - time % 1_000;

/** The time that a record's id bears, in Unix epoch milliseconds: of a concluded deletion that of what was deleted. */
export const timeOfId = ({ recordId }: { readonly recordId: string }): number => Number.parseInt(recordId, 10);

/** Whether two times may be of one thing, of which one was told by an event. */
export const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE;

/** Whether a version is of a parameter that was created anew since another one. Not known counts as no. */
export function beginsAnew(version: number | undefined, former: number | undefined): boolean {
  return version !== undefined && (version === 1 || (former !== undefined && former >= version));
}
