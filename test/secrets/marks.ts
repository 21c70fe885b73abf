import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Where a mark was found that must not be there: `<place>: <mark>, as <encoding>`. */
export type Found = string;

/**
 * Secrets by name, and whether any of them is in what was written, printed or sent: as it is, or in an encoding that anybody can undo.
 */
export class Marks {
  private readonly forms: { readonly name: string; readonly encoding: string; readonly text: string }[] = [];
  private readonly seen: { readonly place: string; readonly text: string }[] = [];

  /** @param secrets text by name; of at least 12 characters, or anything might be taken for one */
  constructor(secrets: Readonly<Record<string, string>>) {
    for (const [name, secret] of Object.entries(secrets)) {
      if (secret.length < 12) throw new Error(`the mark ${name} is too short to be found`);
      for (const [encoding, text] of encodings(secret)) this.forms.push({ name, encoding, text });
    }
  }

  /** Text that was printed, stored or sent. */
  see(place: string, text: string | Buffer): void {
    this.seen.push({ place, text: typeof text === 'string' ? text : text.toString('latin1') });
    for (const inflated of typeof text === 'string' ? [] : gzipped(text)) this.seen.push({ place: `${place} (inflated)`, text: inflated });
  }

  /** Items of a table, with their bytes. */
  seeItems(place: string, items: readonly object[]): void {
    this.see(place, JSON.stringify(items, (_, value: unknown) => value instanceof Uint8Array ? `${value.byteLength} bytes` : value));
    const bytesOf = (value: unknown): void => {
      if (value instanceof Uint8Array) this.see(`${place}, bytes`, Buffer.from(value));
      else if (typeof value === 'object' && value !== null) Object.values(value).forEach(bytesOf);
    };
    items.forEach(bytesOf);
  }

  /** Names and contents of all files below a folder. */
  seeFolder(place: string, folder: string): void {
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const file = join(folder, path);
      this.see(`${place}, name`, relative(folder, file));
      if (lstatSync(file).isFile()) this.see(`${place}, ${path}`, readFileSync(file));
    }
  }

  get places(): number { return this.seen.length; }

  /** @param allowed places that a mark may be in, by its name */
  found(allowed: Readonly<Record<string, RegExp>> = {}): Found[] {
    return this.seen.flatMap(({ place, text }) => this.forms
      .filter((form) => text.includes(form.text) && allowed[form.name]?.test(place) !== true)
      .map(({ name, encoding }) => `${place}: ${name}, as ${encoding}`));
  }
}

function encodings(secret: string): Map<string, string> {
  const bytes = Buffer.from(secret);
  const forms = new Map([
    ['text', secret], ['hex', bytes.toString('hex')], ['URI', encodeURIComponent(secret)], ['JSON', JSON.stringify(secret).slice(1, -1)],
  ]);
  // In base64 three bytes are four characters: how a secret looks depends on where it begins. Its first and last characters have others' bits.
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url');
    const inside = text.slice(before === 0 ? 0 : 4, -3);
    forms.set(`base64 from ${before}`, inside.replaceAll('-', '+').replaceAll('_', '/'));
    forms.set(`base64url from ${before}`, inside);
  }
  return forms;
}

/** What is compressed in bytes: gzip says where it begins. */
function gzipped(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = bytes.indexOf('\x1f\x8b\x08', 0, 'latin1'); at >= 0; at = bytes.indexOf('\x1f\x8b\x08', at + 1, 'latin1')) {
    try {
      found.push(gunzipSync(bytes.subarray(at)).toString('latin1'));
    } catch {
      // three bytes that look like it, or something behind it
    }
  }
  return found;
}
