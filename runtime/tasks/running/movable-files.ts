import type { ResultFiles } from '../definition/shapes.js';

interface Source {
  readonly files: ResultFiles;
  readers: number;
  left?: () => void;
}

/** Files of a new result: where they were made until they are kept, then where they are kept. Who reads them does not notice. */
export class MovableFiles implements ResultFiles {
  private source: Source;

  constructor(files: ResultFiles) {
    this.source = { files, readers: 0 };
  }

  get paths(): readonly string[] {
    return this.source.files.paths;
  }

  read(path: string): Promise<Uint8Array> {
    return this.use((files) => files.read(path));
  }

  copy(folder: string, path?: string): Promise<string> {
    return this.use((files) => files.copy(folder, path));
  }

  /** Resolves once nobody reads them any more where they were. */
  async move(to: ResultFiles): Promise<void> {
    const before = this.source;
    this.source = { files: to, readers: 0 };
    if (before.readers > 0) await new Promise<void>((resolve) => { before.left = resolve; });
  }

  private async use<T>(work: (files: ResultFiles) => Promise<T>): Promise<T> {
    const { source } = this;
    source.readers++;
    try {
      return await work(source.files);
    } finally {
      if (--source.readers === 0) source.left?.();
    }
  }
}
