import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { crypto } from './crypto.js';
import { VersionedFile, type VersionedFileOptions } from './versioned-file.js';

export interface FileLeaseOptions extends Pick<VersionedFileOptions, 'now' | 'fileSystem'> {
  /** A holder that has not renewed it for this long has lost it, in milliseconds. @default 15,000 */
  readonly ttl?: number;
  /** Time between two looks of somebody who waits, in milliseconds; it is varied by half. @default 50 */
  readonly interval?: number;
}

interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
  /** Unix epoch milliseconds. */
  readonly until: number;
}

/**
 * At most one holder among all processes of this user. It is renewed while it is held. A holder that is gone, or has not renewed it in time,
 * is followed by the next that asks.
 */
export class FileLease {
  private readonly file: VersionedFile;
  private readonly ttl: number;
  private readonly interval: number;
  private readonly now: () => number;

  /** @param folder one that `Home.folder` gave @param name as of a `VersionedFile` */
  constructor(folder: string, name: string, { ttl = 15_000, interval = 50, now = Date.now, fileSystem }: FileLeaseOptions = {}) {
    this.file = new VersionedFile(folder, name, { durable: false, maxBytes: 4096, now, fileSystem });
    [this.ttl, this.interval, this.now] = [ttl, interval, now];
  }

  /**
   * Waits until it is held.
   *
   * @param signal ends the waiting
   * @returns gives it back; never throws, and may be called more than once
   * @throws HomeError if the file cannot be written; the signal's reason if it was aborted
   */
  async acquire(signal?: AbortSignal): Promise<() => void> {
    for (;;) {
      signal?.throwIfAborted();
      const release = this.tryAcquire();
      if (release !== undefined) return release;
      await sleep(this.interval * (0.5 + Math.random()), undefined, { signal }).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw error;
      });
    }
  }

  /** @returns undefined if somebody else holds it @throws HomeError if the file cannot be written */
  tryAcquire(): (() => void) | undefined {
    const current = this.file.read();
    if (current !== undefined && this.isHeld(holderOf(current.bytes))) return undefined;
    const token = crypto().randomBytes(12).toString('hex');
    return this.file.replace(current?.generation ?? 0, this.entry(token)) ? this.keep(token) : undefined;
  }

  private isHeld(holder: Holder | undefined): boolean {
    if (holder === undefined) return false;
    const left = holder.until - this.now();
    // A time further off than anybody sets it was written under another clock.
    if (left <= 0 || left > 2 * this.ttl) return false;
    return holder.host !== thisHost() || isAlive(holder.pid);
  }

  private keep(token: string): () => void {
    const timer = setInterval(() => { if (!this.write(token, this.entry(token))) clearInterval(timer); }, this.ttl / 3).unref();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      clearInterval(timer);
      this.write(token, '{}');
    };
  }

  /** @returns false if it is not held any longer */
  private write(token: string, content: string): boolean {
    try {
      const current = this.file.read();
      if (current === undefined || holderOf(current.bytes)?.token !== token) return false;
      return this.file.replace(current.generation, content);
    } catch { // tried again with the next renewal; if none succeeds, its time runs out
      return true;
    }
  }

  private entry(token: string): string {
    const holder: Holder = { token, pid: process.pid, host: thisHost(), until: this.now() + this.ttl };
    return JSON.stringify(holder);
  }
}

function holderOf(bytes: Buffer): Holder | undefined {
  try {
    const holder = JSON.parse(bytes.toString()) as Partial<Holder> | null;
    const { token, pid, host, until } = holder ?? {};
    if (typeof token !== 'string' || !Number.isInteger(pid) || typeof host !== 'string' || typeof until !== 'number') return undefined;
    return holder as Holder;
  } catch {
    return undefined;
  }
}

/** Whether a process of this host runs. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

let host: string | undefined;

/**
 * Where a process id means the same process. A container has a list of its own; hosts that share a folder may have one name, and the list of a host
 * has the same number on all of them.
 */
export function thisHost(): string {
  return host ??= [hostname(), ...[() => readlinkSync('/proc/self/ns/pid'), () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()]
    .map((ask) => { try { return ask(); } catch { return ''; /* only Linux has it */ } })].join(' ').trim();
}
