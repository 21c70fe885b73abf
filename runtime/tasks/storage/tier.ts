export type TierName = 'local' | 'remote';
