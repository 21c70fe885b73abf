/** How often a secret is read again, at most. */
const REREAD_AFTER = 10_000;

export interface RedisCredentials {
  readonly username?: string;
  readonly password?: string;
}

/** What the server is told, and where it comes from. A secret that the server refuses is read again: it may have been rotated. */
export class CredentialSource {
  private known: Promise<RedisCredentials> | undefined;
  private readAt = -Infinity;

  /** @param now milliseconds of a clock that goes forward only */
  constructor(private readonly read: () => Promise<RedisCredentials>, private readonly now: () => number = () => performance.now()) {}

  get(): Promise<RedisCredentials> {
    if (this.known === undefined) {
      this.readAt = this.now();
      const known = this.read();
      this.known = known;
      known.catch(() => { if (this.known === known) this.known = undefined; });
    }
    return this.known;
  }

  /** The server has refused them. */
  refused(): void {
    if (this.now() - this.readAt >= REREAD_AFTER) this.known = undefined;
  }
}
