import type { BrowseState } from './state.js';

/** Less than this has no room for a tree. */
export const SMALLEST = { columns: 40, rows: 10 } as const;

/** Lines of the screen's parts. */
export interface Geometry {
  readonly list: number;
  /** With the line that parts it from the list. 0: the content is not seen. */
  readonly panel: number;
}

const HEADER = 1;
/** Status and keys. */
const FOOTER = 2;

export function isTooSmall({ columns, rows }: Pick<BrowseState, 'columns' | 'rows'>): boolean {
  return columns < SMALLEST.columns || rows < SMALLEST.rows;
}

export function geometryOf({ rows, isReading, search }: Pick<BrowseState, 'rows' | 'isReading' | 'search'>): Geometry {
  const room = Math.max(rows - HEADER - FOOTER, 0);
  if (isReading) return { list: 0, panel: room };
  if (search) return { list: room, panel: 0 };
  const panel = Math.min(Math.max(Math.floor(room * 0.4), 4), 14, room);
  return { list: room - panel, panel };
}
