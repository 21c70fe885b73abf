import { systemClock, type Clock } from './clock.js';
import type { FailureClass } from './failure.js';

/** Failures in a row that open the breaker. What cannot heal by itself within seconds opens it at once; a bad request never does. */
const THRESHOLDS: Record<FailureClass, number> = {
  timeout: 3, connection: 3, throttled: 3, server: 3, denied: 1, missing: 1, request: Infinity,
};

export interface BreakerOptions {
  readonly clock?: Clock;
  readonly random?: () => number;
  /** First time it stays open, in milliseconds; doubles with each failed probe. @default 1000 */
  readonly cooldown?: number;
  /** Longest time it stays open, in milliseconds. @default 30000 */
  readonly maxCooldown?: number;
}

interface Circuit {
  failures: number;
  /** Times it opened in a row. */
  opened: number;
  openUntil: number;
  probing: boolean;
}

/**
 * Stops calling a server that does not answer. Each class of failure has its own circuit, so that one kind of trouble
 * neither hides nor heals another; any open circuit stops all calls. After the cooldown one call goes out as a probe.
 */
export class Breaker {
  private readonly circuits = new Map<FailureClass, Circuit>();
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly cooldown: number;
  private readonly maxCooldown: number;

  constructor(options: BreakerOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.cooldown = options.cooldown ?? 1000;
    this.maxCooldown = options.maxCooldown ?? 30_000;
  }

  /** Which failure keeps the breaker open, if any. Does not take the probe. */
  get openFor(): FailureClass | undefined {
    const now = this.clock.now();
    for (const [failure, circuit] of this.circuits) if (this.isOpen(circuit, now) || circuit.probing) return failure;
    return undefined;
  }

  /** Whether a call may go out now. The call that is let through after a cooldown is the probe: its outcome must be reported. */
  tryEnter(): boolean {
    if (this.circuits.size === 0) return true;
    const now = this.clock.now();
    const cooling = [...this.circuits.values()].filter((circuit) => circuit.opened > 0);
    if (cooling.some((circuit) => circuit.probing || this.isOpen(circuit, now))) return false;
    for (const circuit of cooling) circuit.probing = true;
    return true;
  }

  /** A clock that was set back must not keep it open for longer than it was meant to be. */
  private isOpen(circuit: Circuit, now: number): boolean {
    return circuit.openUntil > now && circuit.openUntil - now <= 1.25 * this.maxCooldown;
  }

  succeeded(): void {
    if (this.circuits.size > 0) this.circuits.clear();
  }

  /** @returns whether this failure opened the breaker */
  failed(failure: FailureClass): boolean {
    for (const other of this.circuits.values()) other.probing = false;
    if (THRESHOLDS[failure] === Infinity) {
      this.succeeded(); // the server answered, so it is there
      return false;
    }
    const circuit = this.circuits.get(failure) ?? { failures: 0, opened: 0, openUntil: 0, probing: false };
    this.circuits.set(failure, circuit);
    circuit.failures += 1;
    const reopens = circuit.opened > 0;
    if (!reopens && circuit.failures < THRESHOLDS[failure]) return false;
    if (circuit.openUntil > this.clock.now()) return false; // calls that were under way when it opened
    const wait = Math.min(this.cooldown * 2 ** circuit.opened, this.maxCooldown);
    circuit.opened += 1;
    circuit.openUntil = this.clock.now() + wait * (0.75 + this.random() / 2); // jitter: instances must not probe together
    return true;
  }
}
