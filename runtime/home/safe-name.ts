import { crypto } from './crypto.js';

/** Names that mean a device on Windows, whatever follows their first dot. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/;
const PLAIN = /^[a-z0-9_-][a-z0-9._-]{0,63}$/;

/**
 * A file name for any text: the text where every file system takes it for what it is, otherwise what is readable of it and a digest. Two texts
 * never get one name, also where the file system does not tell capitals.
 */
export function safeName(text: string): string {
  if (PLAIN.test(text) && !text.endsWith('.') && !DEVICES.test(text)) return text;
  const readable = text.toLowerCase().replace(/[^a-z0-9_-]+/g, '-').slice(0, 40);
  return `${readable}~${crypto().createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
}
