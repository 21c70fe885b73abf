import { InvalidArgumentError, show } from '../../errors.js';
import type { ConfigConnection } from '../connection.js';
import { isBelow } from '../paths.js';
import { parametersOf, type ReadParameter } from '../parameters/reads.js';

/** What is promoted, and how. */
export interface PromotionQuery {
  /** Path whose parameters are read: `/app/staging`. */
  readonly from: string;
  /** Path that they are written to. */
  readonly to: string;
  /** Whether SecureStrings go along. They are decrypted for it. @default false */
  readonly secrets?: boolean;
}

/** What is done about one parameter. It holds no value. */
export interface PromotionStep {
  readonly kind: 'create' | 'update' | 'unchanged' | 'skip';
  /** The parameter that is read, and the version whose value is taken. */
  readonly source: string;
  readonly version: number;
  /** The parameter that is written. */
  readonly destination: string;
  /** The destination's version as the plan has seen it. Absent: it does not exist. */
  readonly replaces?: number;
  readonly type: string;
  /** Of `skip`: why. */
  readonly reason?: string;
}

/** What a promotion will do, by source. It can be stored: it holds no value. */
export interface PromotionPlan extends PromotionQuery {
  readonly steps: readonly PromotionStep[];
  /** Parameters of the destination's path that the source's has not. They stay. */
  readonly others: number;
}

/** Where parameters are read and written. One and the same connection for two paths of one place. Promotion needs no footprint. */
export interface PromotionSides {
  readonly source: ConfigConnection;
  readonly destination: ConfigConnection;
}

const PATH = /^\/(?:[\w.-]+(?:\/[\w.-]+)*)?$/;

/**
 * Compares two paths, by value and type.
 *
 * @param onRead is told how many parameters have been read so far, at both places
 * @throws InvalidArgumentError `E_CONFIG_PROMOTE` for what is no path, and where one path lies in the other in the same account and Region
 */
export async function planPromotion(
  { source, destination }: PromotionSides, query: PromotionQuery, signal?: AbortSignal, onRead?: (parameters: number) => void,
): Promise<PromotionPlan> {
  const { from, to, secrets = false } = query;
  for (const [option, path] of [['from', from], ['to', to]] as const) {
    if (!PATH.test(path)) throw wrong(`${option} must be a path such as /app/staging, without a slash at its end, got ${show(path)}`);
  }
  if (source === destination && overlap(from, to)) throw inside(from, to);
  const current = new Map<string, ReadParameter>();
  for await (const parameter of parametersOf(destination.ssm, to, secrets, signal)) {
    current.set(parameter.name, parameter);
    onRead?.(current.size);
  }
  const steps: PromotionStep[] = [];
  const met = new Set<string>();
  for await (const parameter of parametersOf(source.ssm, from, secrets, signal)) {
    const name = renamed(parameter.name, from, to);
    const before = current.get(name);
    // Two profiles may lead to one place.
    if (before?.arn !== undefined && before.arn === parameter.arn) throw inside(from, to);
    met.add(name);
    steps.push(stepOf(parameter, name, before, secrets));
    onRead?.(current.size + steps.length);
  }
  steps.sort((a, b) => a.source < b.source ? -1 : 1);
  return { from, to, secrets, steps, others: [...current.keys()].filter((name) => !met.has(name)).length };
}

function stepOf(parameter: ReadParameter, destination: string, before: ReadParameter | undefined, secrets: boolean): PromotionStep {
  const { name: source, version, type } = parameter;
  const step = { source, version, destination, ...(before && { replaces: before.version }), type };
  const reason = whyNot(parameter, before, secrets);
  if (reason !== undefined) return { kind: 'skip', ...step, reason };
  if (before === undefined) return { kind: 'create', ...step };
  return { kind: before.value === parameter.value ? 'unchanged' : 'update', ...step };
}

function whyNot({ type }: ReadParameter, before: ReadParameter | undefined, secrets: boolean): string | undefined {
  if (type === 'SecureString' && !secrets) return 'a SecureString, and secrets are not promoted unless asked';
  if (before !== undefined && before.type !== type) return `it is a ${type} here and a ${before.type} there: a parameter keeps its type`;
  return undefined;
}

/** `/app/staging/db` as `/app/prod/db`. */
function renamed(name: string, from: string, to: string): string {
  const rest = from === '/' ? (name.startsWith('/') ? name : `/${name}`) : name.slice(from.length);
  return to === '/' ? rest : `${to}${rest}`;
}

const overlap = (one: string, other: string) => isBelow(one, other) || isBelow(other, one);
const wrong = (message: string) => new InvalidArgumentError('E_CONFIG_PROMOTE', message);
const inside = (from: string, to: string) => wrong(`from ${show(from)} and to ${show(to)} have parameters in common, in the same account and Region: `
  + 'name another path, or another profile, Region or footprint to promote to');
