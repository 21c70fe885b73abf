import fs from 'node:fs';

/** The disk of this process, which may be full: then nothing can be written to a file. */
export class Disk {
  /** How often something could not be written. */
  refused = 0;
  private isFull = false;

  constructor() {
    const { write, writeSync } = fs;
    const trouble = (descriptor: number) => this.trouble(descriptor);
    fs.writeSync = (descriptor: number, ...rest: unknown[]) => {
      const error = trouble(descriptor);
      if (error !== undefined) throw error;
      return (writeSync as (...all: unknown[]) => number)(descriptor, ...rest);
    };
    fs.write = ((descriptor: number, ...rest: unknown[]) => {
      const error = trouble(descriptor);
      if (error === undefined) (write as (...all: unknown[]) => void)(descriptor, ...rest);
      else setImmediate(() => (rest.at(-1) as (error: Error) => void)(error));
    }) as typeof fs.write;
  }

  set full(full: boolean) { this.isFull = full; }

  private trouble(descriptor: number): Error | undefined {
    if (!this.isFull || descriptor <= 2) return undefined;
    this.refused += 1;
    return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', errno: -28, syscall: 'write' });
  }
}
