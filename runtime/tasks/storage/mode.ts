import { show } from '../../errors.js';
import { invalid } from '../errors.js';
import type { TierName } from './tier.js';

export interface TierMode {
  readonly reads: boolean;
  readonly writes: boolean;
}

export type Mode = Readonly<Record<TierName, TierMode>>;

const NONE: TierMode = { reads: false, writes: false };

/**
 * What is read and written where: `local:rw,remote:r`. A tier that is not named, or has nothing after its colon, is left alone; `off` leaves both.
 *
 * @throws InvalidArgumentError `E_TASK_OPTION`
 */
export function parseMode(mode: string): Mode {
  const tiers: Record<TierName, TierMode> = { local: NONE, remote: NONE };
  if (mode.trim() === 'off') return tiers;
  const named = new Set<string>();
  for (const part of mode.split(',')) {
    const [, tier, rights] = /^\s*(local|remote):(r?w?|wr)\s*$/.exec(part) ?? [];
    if (tier === undefined || named.has(tier)) {
      throw invalid(`mode must be such as 'local:rw,remote:r', each tier once with r, w, both or nothing, or 'off', got ${show(mode)}`);
    }
    named.add(tier);
    tiers[tier as TierName] = { reads: rights.includes('r'), writes: rights.includes('w') };
  }
  return tiers;
}
