import { createHash } from 'node:crypto';

/** What processes of the task tier tell. */
export type TasksTold = Ran | Transferred | SawFile;

/** A run of the workflow is over. */
export interface Ran {
  readonly kind: 'ran';
  readonly process: string;
  /** Of each task, what became of it. */
  readonly statuses: Readonly<Record<string, number>>;
  /** What the last task returned, as JSON. */
  readonly value?: string;
  readonly error?: string;
  /** Whether its disk was full at a time. */
  readonly diskFull: boolean;
}

/** A folder was pulled or pushed. */
export interface Transferred {
  readonly kind: 'transferred';
  readonly process: string;
  readonly what: 'pull' | 'push';
  readonly outcome?: string;
  readonly error?: string;
  readonly diskFull: boolean;
}

/** A file of the folder, after a transfer. */
export interface SawFile {
  readonly kind: 'file';
  readonly process: string;
  readonly path: string;
  /** The first line, and the digest of all. */
  readonly head: string;
  readonly digest: string;
}

export const WORKFLOWS = ['one', 'two', 'three', 'four'];
export const FILES = 4;
/** Written by all. */
export const SHARED = 'shared.txt';

/** What a version of a file has: it can be told from its first line. */
export function textOf(head: string): string {
  const lines = createHash('sha256').update(head).digest().readUInt16LE() % 4000;
  return `${head}\n`.repeat(1 + lines);
}

export const digestOf = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** Whether a file is one version of it, whole, and of its path. */
export function isWhole(path: string, head: string, digest: string): boolean {
  return head.startsWith(`${path} `) && digestOf(textOf(head)) === digest;
}
