import { parseArgs } from 'node:util';

export const TIERS = ['memo', 'config', 'live', 'tasks'] as const;
export type TierName = typeof TIERS[number];

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly tiers: readonly TierName[];
  readonly json: boolean;
}

export const HELP = `Usage: npm run chaos -- [options]

Random faults, by a seed, over the clients of all tiers at once, on embedded servers of this machine. At the end every client must work again.

Options:
  --seconds <n>  how long faults are injected, from 1 to 3600 (default: 60)
  --seed <n>     repeats the choices of a run (default: one of its own, which is printed)
  --tier <name>  only this tier: ${TIERS.join(', ')}; can be given several times (default: all)
  --json         print one JSON document at the end, and nothing else
  --help         show this help
`;

/** @throws Error that says what is wrong with the arguments */
export function parseOptions(args: readonly string[]): ChaosOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '60' }, seed: { type: 'string' }, tier: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const tiers = values.tier ?? [...TIERS];
  const unknown = tiers.find((name) => !isTier(name));
  if (unknown !== undefined) throw new Error(`--tier must be one of ${TIERS.join(', ')}, got '${unknown}'`);
  return {
    seconds: integer('--seconds', values.seconds, 1, 3600),
    seed: values.seed === undefined ? Date.now() % 2 ** 31 : integer('--seed', values.seed, 0, 2 ** 31 - 1),
    tiers: TIERS.filter((name) => tiers.includes(name)),
    json: values.json,
  };
}

function isTier(name: string): name is TierName {
  return (TIERS as readonly string[]).includes(name);
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) throw new Error(`${name} must be a whole number from ${least} to ${most}, got '${text}'`);
  return value;
}
