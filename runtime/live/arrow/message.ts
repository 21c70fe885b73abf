/** Kinds of messages, as the format numbers them. */
export const SCHEMA = 1;
export const DICTIONARY_BATCH = 2;
export const RECORD_BATCH = 3;

/** Beside `HEADERS`, what the format has for files of other content. */
const OTHER_HEADERS: Readonly<Record<number, string>> = { 4: 'a tensor', 5: 'a sparse tensor' };

export interface Message {
  readonly kind: typeof SCHEMA | typeof DICTIONARY_BATCH | typeof RECORD_BATCH;
  /** Of the body that follows the metadata. */
  readonly bodyLength: number;
  /** Of a record batch, otherwise 0. */
  readonly rows: number;
}

/** Places of fields in the tables of the format's `Message.fbs`. */
const MESSAGE = { headerType: 1, header: 2, bodyLength: 3 };
const RECORD_BATCH_LENGTH = 0;

/**
 * Reads of a message's metadata, a FlatBuffers table of type `Message`, what tells where the next one begins. Every offset is checked.
 *
 * @throws Error that says what is wrong
 */
export function readMessage(bytes: Uint8Array, start: number, end: number): Message {
  const view = new BoundedView(bytes, start, end);
  const message = view.follow(start);
  const header = view.field(message, MESSAGE.header);
  const kind = view.uint8(view.field(message, MESSAGE.headerType));
  if (kind !== SCHEMA && kind !== DICTIONARY_BATCH && kind !== RECORD_BATCH) {
    throw new Error(OTHER_HEADERS[kind] ? `it is ${OTHER_HEADERS[kind]}, which a stream of tables cannot have` : `its kind ${kind} is unknown`);
  }
  if (header === undefined) throw new Error('it has no header');
  const bodyLength = view.size(view.field(message, MESSAGE.bodyLength), 'the length of its body');
  const table = view.follow(header);
  const rows = kind === RECORD_BATCH ? view.size(view.field(table, RECORD_BATCH_LENGTH), 'its number of rows') : 0;
  view.field(table, 0);
  return { kind, bodyLength, rows };
}

/** Little-endian numbers between two places of some bytes, and never beyond. */
class BoundedView {
  private readonly view: DataView;

  constructor(bytes: Uint8Array, private readonly start: number, private readonly end: number) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the table is that the offset in a place leads to. */
  follow(place: number): number {
    return this.checked(place + this.view.getUint32(this.checked(place, 4), true), 4);
  }

  /** Where a table's field is, `undefined` if the table has none. */
  field(table: number, index: number): number | undefined {
    const entries = this.checked(table - this.view.getInt32(table, true), 4);
    const entriesLength = this.view.getUint16(entries, true);
    this.checked(entries, entriesLength);
    const entry = 4 + 2 * index;
    const offset = entry + 2 > entriesLength ? 0 : this.view.getUint16(entries + entry, true);
    return offset === 0 ? undefined : this.checked(table + offset, 1);
  }

  uint8(place: number | undefined): number {
    return place === undefined ? 0 : this.view.getUint8(place);
  }

  size(place: number | undefined, what: string): number {
    if (place === undefined) return 0;
    const value = this.view.getBigInt64(this.checked(place, 8), true);
    if (value < 0n || value > Number.MAX_SAFE_INTEGER) throw new Error(`${what} is ${value}`);
    return Number(value);
  }

  private checked(place: number, length: number): number {
    if (place < this.start || place + length > this.end) throw new Error('its metadata points outside of itself');
    return place;
  }
}
