/** SHA-256 in hexadecimal, 64 characters. */
export type Digest = string;

/** A part of a pack: the bytes of one small content, once the pack is unpacked. */
export interface Slice {
  /** Key of the pack, below the namespace: `objects/<digest>`. */
  readonly pack: string;
  readonly offset: number;
  readonly bytes: number;
  /** Of these bytes. */
  readonly digest: Digest;
}

/** One stretch of a large content, in an object of its own. */
export interface Chunk {
  /** Key, below the namespace: `objects/<digest>`. */
  readonly object: string;
  readonly bytes: number;
  /** Of these bytes. */
  readonly digest: Digest;
}

/** Where the bytes of a content are: in a pack together with others, or in chunks of their own. An empty content is nowhere. */
export type Location = { readonly slice: Slice } | { readonly chunks: readonly Chunk[] };

/** A file of a tree. */
export interface FileEntry {
  readonly type: 'file';
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** The permission bits: 0o644. */
  readonly mode: number;
  readonly bytes: number;
  /** SHA-256 of the content; of one in several chunks, of the chunks' digests (32 bytes each) in their order. */
  readonly digest: Digest;
  readonly location: Location;
  /**
   * In Unix epoch milliseconds. It is restored, so that programs which go by dates, such as make, do not take a file for newer than it is. Trees that
   * differ in it alone are the same.
   */
  readonly lastModified?: number;
}

/** Empty folders are kept; the others are what the files' paths say, with their modes where these are not 0o755. */
export interface FolderEntry {
  readonly type: 'folder';
  readonly path: string;
  readonly mode: number;
}

export interface LinkEntry {
  readonly type: 'link';
  readonly path: string;
  /** As it stands in the link: relative, and within the root. */
  readonly target: string;
}

export type TreeEntry = FileEntry | FolderEntry | LinkEntry;

/** A folder's content, by path in the order of UTF-16. */
export interface Tree {
  readonly entries: readonly TreeEntry[];
}

/** What is wrong with a tree or a file that was to be restored, or stored: the rest goes on. */
export interface Refusal {
  readonly path: string;
  /** `leads out of the folder`, `a device`. */
  readonly reason: string;
}
