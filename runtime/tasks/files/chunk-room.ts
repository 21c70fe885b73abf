import { Bulkhead } from '../../resilience/bulkhead.js';
import { CHUNK_BYTES } from '../content/content-store.js';

/** Memory for so many chunks. It is used again: memory that is new costs the system as much as reading into it. */
export class ChunkRoom {
  private readonly free: Buffer[] = [];
  private readonly turns: Bulkhead;

  /** @param chunks in memory at once */
  constructor(chunks: number) {
    this.turns = new Bulkhead(chunks);
  }

  /** Waits for a place. @returns memory of the size of a chunk, which must be left; `undefined` if the signal aborted first */
  async enter(signal?: AbortSignal): Promise<Buffer | undefined> {
    return await this.turns.enter(signal) ? this.free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES) : undefined;
  }

  /** @param buffer if nobody has it any more; who was refused a chunk may still send it */
  leave(buffer?: Buffer): void {
    if (buffer !== undefined) this.free.push(buffer);
    this.turns.leave();
  }
}
