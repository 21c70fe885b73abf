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
  /** Calls that had entered by the time of the last failure: they failed with it, not after it. */
  countedThrough: number;
}

/**
 * Stops calling a server that does not answer. Each class of failure has its own circuit, so that one kind of trouble
 * neither hides nor heals another; any open circuit stops all calls. After the cooldown one call goes out as a probe.
 */
export class Breaker {
  private entered = 0;
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

  /**
   * Whether a call may go out now. The call that is let through after a cooldown is the probe: its outcome must be reported.
   *
   * @returns the call's number, to report a failure with; 0 if it may not
   */
  tryEnter(): number {
    if (this.circuits.size === 0) return ++this.entered;
    const now = this.clock.now();
    const cooling = [...this.circuits.values()].filter((circuit) => circuit.opened > 0);
    if (cooling.some((circuit) => circuit.probing || this.isOpen(circuit, now))) return 0;
    for (const circuit of cooling) circuit.probing = true;
    return ++this.entered;
  }

  /** A clock that was set back must not keep it open for longer than it was meant to be. */
  private isOpen(circuit: Circuit, now: number): boolean {
    return circuit.openUntil > now && circuit.openUntil - now <= 1.25 * this.maxCooldown;
  }

  succeeded(): void {
    if (this.circuits.size > 0) this.circuits.clear();
  }

  /** A call was ended by its caller, which tells nothing of the server: if it was the probe, the next call is. */
  left(): void {
    for (const circuit of this.circuits.values()) circuit.probing = false;
  }

  /**
   * Calls that are under way together fail together: that is one failure, not many in a row.
   *
   * @param call what `tryEnter` returned
   * @returns whether this failure opened the breaker
   */
  failed(failure: FailureClass, call: number): boolean {
    this.left();
    if (THRESHOLDS[failure] === Infinity) {
      this.succeeded(); // the server answered, so it is there
      return false;
    }
    const circuit = this.circuits.get(failure) ?? { failures: 0, opened: 0, openUntil: 0, probing: false, countedThrough: 0 };
    this.circuits.set(failure, circuit);
    if (call <= circuit.countedThrough) return false;
    circuit.countedThrough = this.entered;
    circuit.failures += 1;
    const reopens = circuit.opened > 0;
    if (!reopens && circuit.failures < THRESHOLDS[failure]) return false;
    const wait = Math.min(this.cooldown * 2 ** circuit.opened, this.maxCooldown);
    circuit.opened += 1;
    circuit.openUntil = this.clock.now() + wait * (0.75 + this.random() / 2); // jitter: instances must not probe together
    return true;
  }
}
