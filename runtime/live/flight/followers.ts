/** Somebody who reads a log. */
export interface Follower {
  /** Bytes that it has taken. */
  readonly position: number;
  /** Something was added, or the log has ended. */
  wake(): void;
  /** It holds others up for too long, and has to find its bytes elsewhere. */
  evict(): void;
}

/** How long the slowest may hold the others up, in milliseconds. */
const PATIENCE = 10_000;

/** Those who read a log. */
export class Followers {
  private readonly all = new Set<Follower>();
  private patience: NodeJS.Timeout | undefined;

  get any(): boolean {
    return this.all.size > 0;
  }

  /** Bytes that all of them have taken; Infinity if there is nobody. */
  get slowest(): number {
    let slowest = Infinity;
    for (const { position } of this.all) slowest = Math.min(slowest, position);
    return slowest;
  }

  add(follower: Follower): void {
    this.all.add(follower);
  }

  delete(follower: Follower): void {
    this.all.delete(follower);
  }

  wake(): void {
    for (const follower of [...this.all]) follower.wake();
  }

  /** The source waits for them, and for nothing else: from now on, nobody may hold up the others for good. @param length bytes that there are */
  press(length: number): void {
    this.relax();
    this.patience = setInterval(() => this.evictSlowest(length), PATIENCE).unref();
  }

  /** The source goes on. */
  relax(): void {
    clearInterval(this.patience);
  }

  /** Only where another one has all there is, and not those who nearly have it. */
  private evictSlowest(length: number): void {
    const followers = [...this.all];
    const half = (this.slowest + length) / 2;
    if (followers.some(({ position }) => position >= length)) followers.filter(({ position }) => position < half).forEach((each) => each.evict());
  }
}
