/** A chunk of this length goes on as it is. */
const LARGE_BYTES = 16 * 1024;
/** Smaller ones are put together up to this. */
const GATHERED_BYTES = 64 * 1024;

/** Puts small chunks together, because each one costs a turn through sockets and storage. Large ones are never copied. */
export class Gatherer {
  private ready: Uint8Array[] = [];
  private small: Uint8Array[] = [];
  private smallBytes = 0;

  /** Whether there is something that `rest` would give. */
  get holds(): boolean {
    return this.smallBytes > 0 || this.ready.length > 0;
  }

  push(chunk: Uint8Array): void {
    if (chunk.byteLength >= LARGE_BYTES) {
      this.putTogether();
      this.ready.push(chunk);
      return;
    }
    if (chunk.byteLength === 0) return;
    this.small.push(chunk);
    this.smallBytes += chunk.byteLength;
    if (this.smallBytes >= GATHERED_BYTES) this.putTogether();
  }

  /** The next chunk that is large enough, if there is one. */
  take(): Uint8Array | undefined {
    return this.ready.shift();
  }

  /** The next chunk, however small. */
  rest(): Uint8Array | undefined {
    if (this.ready.length === 0) this.putTogether();
    return this.ready.shift();
  }

  private putTogether(): void {
    if (this.small.length === 0) return;
    this.ready.push(this.small.length === 1 ? this.small[0]! : Buffer.concat(this.small, this.smallBytes));
    this.small = [];
    this.smallBytes = 0;
  }
}
