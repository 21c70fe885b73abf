import { createHash } from 'node:crypto';
import { MEMO_SEPARATOR } from '../../lib/contract/memo.js';

/** Longer argument texts are hashed: key bytes are paid for in every read and write. */
const MAX_PLAIN_KEY = 200;
/** No use to whoever looks at the table. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * The partition key of a call's entry.
 *
 * @param text what identifies the call: `argumentsKey` of its arguments
 */
export function tableKey(name: string, version: string, text: string): string {
  const plain = text.length <= MAX_PLAIN_KEY && !CONTROL.test(text);
  const id = plain ? `=${text}` : `~${createHash('sha256').update(text, 'latin1').digest('base64url')}`;
  return [name, version, id].join(MEMO_SEPARATOR);
}

/** The parts of an entry's partition key, or `undefined` if it is not one: a generation counter's, or a foreign item's. */
export function partsOfTableKey(key: string): { readonly name: string; readonly version: string; readonly id: string } | undefined {
  const [, name, version, id] = /^([^#]+)#([^#]*)#([=~].*)$/s.exec(key) ?? [];
  return name === undefined ? undefined : { name, version, id };
}
