/** Bytes of one name that file systems take. */
const NAME_BYTES = 255;
/** Bytes of a whole path that systems take in one call. */
const PATH_BYTES = process.platform === 'darwin' ? 1023 : 4095;

const CONTROL = /[\0-\x1f\x7f-\x9f]/;
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d\u00b9\u00b2\u00b3])(?:[ .:]|$)/i;

/**
 * Whether a path may be stored, and written below a folder, on this computer.
 *
 * @param path relative, with `/`
 * @returns the reason why it is refused, `undefined` if it is not
 */
export function checkPath(path: string, platform: NodeJS.Platform = process.platform): string | undefined {
  return checkText(path, 'the path') ?? checkNames(path.split('/'), platform);
}

/**
 * Whether a link may be stored, and made. Its target may go up before it goes down, not after: what it goes down into could be a link as well, and
 * lead to where going up is out of the folder.
 *
 * @param path of the link, one that is not refused
 * @param target as it stands in the link
 * @returns the reason why it is refused, `undefined` if it is not
 */
export function checkTarget(path: string, target: string): string | undefined {
  const reason = checkText(target, 'the link\'s target');
  if (reason !== undefined) return reason;
  let up = 0;
  let down = 0;
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') down++;
    else if (down > 0) return 'the link\'s target goes up after it went down';
    else up++;
  }
  return up >= path.split('/').length ? 'the link leads out of the folder' : undefined;
}

/** Bytes that a path below a folder may have. */
export function maxPathBelow(folder: string): number {
  return PATH_BYTES - Buffer.byteLength(folder) - 1;
}

/**
 * What is the same for two names that some file system takes for one: they differ in capitals, in how letters are composed, or in characters that
 * nobody sees. It may be the same for a few more.
 */
export function foldName(name: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return name.toLowerCase();
  return name.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, '').toUpperCase().toLowerCase().normalize('NFC');
}

function checkText(text: string, what: string): string | undefined {
  if (typeof text !== 'string' || text === '') return `${what} is empty`;
  if (CONTROL.test(text)) return `${what} has a control character`;
  if (!text.isWellFormed()) return `${what} is no valid Unicode`;
  if (text.includes('\\')) return `${what} has a backslash`;
  if (text.startsWith('/')) return `${what} is absolute`;
  if (/^[a-z]:/i.test(text)) return `${what} begins with a drive`;
  return Buffer.byteLength(text) > PATH_BYTES ? `${what} is longer than ${PATH_BYTES} bytes` : undefined;
}

function checkNames(names: readonly string[], platform: NodeJS.Platform): string | undefined {
  for (const name of names) {
    if (name === '') return 'the path has an empty name';
    if (name === '.' || name === '..') return `the path has the name ${name}`;
    if (name.length * 3 > NAME_BYTES && Buffer.byteLength(name) > NAME_BYTES) return `a name is longer than ${NAME_BYTES} bytes`;
    if (platform !== 'win32') continue;
    if (DEVICE.test(name)) return `${name} is a device on Windows`;
    if (/[<>:"|?*]|[ .]$/.test(name)) return 'Windows has no such name';
  }
  return undefined;
}
