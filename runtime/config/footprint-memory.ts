import { VersionedFile } from '../home/versioned-file.js';
import type { ConfigFootprint } from './footprint.js';

/** A footprint, and when Parameter Store gave it, in Unix epoch milliseconds. */
export interface RememberedFootprint {
  readonly at: number;
  readonly footprint: ConfigFootprint;
}

/** Those of the longest ago are forgotten. */
const MOST = 100;
/** What has not changed is written again after this, in milliseconds, so that its age is about right. */
const WRITE_AGAIN = 60_000;
const ATTEMPTS = 5;

const TEXTS = ['name', 'account', 'region', 'partition', 'cacheTable'] as const;
const OPTIONAL_TEXTS = ['auditTable', 'auditArchive', 'replicationTable', 'reconcilerQueueUrl'] as const;

/** What was deployed the last time that it could be asked, for when it cannot. One small file for all footprints of a user. */
export class FootprintMemory {
  private readonly file: VersionedFile;

  /** @param key who asks, where, and for which footprint */
  constructor(folder: string, private readonly key: string, private readonly now: () => number) {
    this.file = new VersionedFile(folder, 'footprints', { durable: false, maxBytes: 4 << 20, now });
  }

  /** @throws HomeError */
  read(): RememberedFootprint | undefined {
    return entriesOf(this.file.read()?.bytes).get(this.key);
  }

  /** @throws HomeError */
  write(footprint: ConfigFootprint): void {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const read = this.file.read();
      const entries = entriesOf(read?.bytes);
      const known = entries.get(this.key);
      const at = this.now();
      if (known !== undefined && JSON.stringify(known.footprint) === JSON.stringify(footprint) && Math.abs(at - known.at) < WRITE_AGAIN) return;
      entries.set(this.key, { at, footprint });
      const newest = [...entries].sort(([, a], [, b]) => b.at - a.at).slice(0, MOST);
      if (this.file.replace(read?.generation ?? 0, JSON.stringify(newest))) return;
    }
    // Others write all the time: one of them has remembered the same, or the next command will.
  }
}

/** What somebody has damaged counts as not there. */
function entriesOf(bytes: Buffer | undefined): Map<string, RememberedFootprint> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes?.toString('utf8') ?? '[]');
  } catch {
    parsed = [];
  }
  const entries = Array.isArray(parsed) ? parsed as unknown[] : [];
  return new Map(entries.flatMap((entry): [string, RememberedFootprint][] => {
    const [key, remembered] = Array.isArray(entry) ? entry as unknown[] : [];
    return typeof key === 'string' && isRemembered(remembered) ? [[key, remembered]] : [];
  }));
}

function isRemembered(value: unknown): value is RememberedFootprint {
  const { at, footprint } = (value ?? {}) as { at?: unknown; footprint?: Record<string, unknown> | null };
  if (typeof at !== 'number' || !Number.isFinite(at) || typeof footprint !== 'object' || footprint === null) return false;
  const { namespaces, tombstoneDays } = footprint;
  return TEXTS.every((member) => typeof footprint[member] === 'string')
    && OPTIONAL_TEXTS.every((member) => footprint[member] === undefined || typeof footprint[member] === 'string')
    && (tombstoneDays === undefined || (typeof tombstoneDays === 'number' && tombstoneDays >= 1))
    && Array.isArray(namespaces) && namespaces.every((path) => typeof path === 'string');
}
