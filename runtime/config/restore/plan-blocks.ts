import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CacheTiersError } from '../../errors.js';

/** Bytes of a block: one digest is remembered for each, so a file of any length takes little memory. */
const BLOCK = 1 << 16;

/** A plan's file that is read twice: once to be checked, once to be used. What is another by then is never given out. */
export class PlanBlocks {
  private readonly digests: string[] = [];

  private constructor(private readonly path: string) {}

  /** @throws CacheTiersError `E_CONFIG_RESTORE_PLAN` if it can be read but once, or has no end, as a pipe or a device */
  static async of(path: string): Promise<PlanBlocks> {
    const found = await stat(path);
    if (found.isFile() || found.isDirectory()) return new PlanBlocks(path); // the error of reading a folder says what it is
    throw new CacheTiersError('E_CONFIG_RESTORE_PLAN',
      `the restore plan '${path}' is not a regular file: it is read more than once, so write it to one`);
  }

  /** All of it for the first time. */
  async* first(): AsyncGenerator<Buffer, void, undefined> {
    for await (const block of blocksOf(this.path)) {
      this.digests.push(digestOf(block));
      yield block;
    }
  }

  /** The same again. @throws CacheTiersError `E_CONFIG_RESTORE_CHANGED` in place of the first block that is another */
  async* again(): AsyncGenerator<Buffer, void, undefined> {
    let count = 0;
    for await (const block of blocksOf(this.path)) {
      if (digestOf(block) !== this.digests[count++]) throw changed(this.path);
      yield block;
    }
    if (count !== this.digests.length) throw changed(this.path);
  }

  /** Of what `first` has read. @throws CacheTiersError `E_CONFIG_RESTORE_CHANGED` if it is not what is expected */
  digest(expected?: string): string {
    const digest = digestOf(this.digests.join());
    if (expected !== undefined && digest !== expected) throw changed(this.path);
    return digest;
  }
}

/** Blocks of one length each, but the last, however the file is read. */
async function* blocksOf(path: string): AsyncGenerator<Buffer, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path, { highWaterMark: BLOCK }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (; rest.length >= BLOCK; rest = rest.subarray(BLOCK)) yield rest.subarray(0, BLOCK);
  }
  if (rest.length > 0) yield rest;
}

const digestOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('base64');

function changed(path: string): CacheTiersError {
  return new CacheTiersError('E_CONFIG_RESTORE_CHANGED',
    `the restore plan '${path}' has changed since it was read and shown: nothing of what is new in it is carried out; look at it again`);
}
