import { copySequence } from './clipboard.js';
import type { Names } from './names.js';
import { MOST_MATCHES } from './search.js';
import type { BrowseState, Content, Effect, Wanted } from './state.js';
import { update, type BrowseEvent } from './update.js';

/** The way to AWS. */
export interface Backend {
  /** @throws what explains itself by its message */
  fetch(wanted: Wanted, signal: AbortSignal): Promise<Content>;
  /** Asks for changes. @returns what is known then, and a line that says what has come of it */
  sync(signal: AbortSignal): Promise<{ readonly names: Names; readonly message: string }>;
  /** A line for an error. */
  explain(error: unknown): string;
}

export interface SessionOptions {
  readonly backend: Backend;
  /** Gives the terminal what is no frame. */
  readonly send: (sequence: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether changes are asked for at the beginning. */
  readonly syncsAtOnce?: boolean;
}

/** What happens while somebody browses: keys and answers become events, and what comes of these is carried out. */
export class BrowseSession {
  /** Resolves when the user leaves. */
  readonly left: Promise<void>;
  private readonly ended = new AbortController();
  private readonly listeners = new Set<() => void>();
  private leave!: () => void;
  private isAnnounced = false;
  private wantedSearch?: string;

  constructor(private current: BrowseState, private readonly options: SessionOptions) {
    this.left = new Promise((resolve) => { this.leave = resolve; });
    if (options.syncsAtOnce) this.carryOut({ kind: 'sync' });
  }

  readonly state = (): BrowseState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => { this.listeners.delete(listener); };
  };

  dispatch(event: BrowseEvent): void {
    if (this.ended.signal.aborted) return;
    const { state, effects } = update(this.current, event);
    const isChanged = state !== this.current;
    this.current = state;
    for (const effect of effects) this.carryOut(effect);
    if (isChanged) this.announce();
  }

  /** Nothing is awaited or shown after it. */
  end(): void {
    this.ended.abort();
    this.leave();
  }

  /** Many keys at once are one change of the screen. */
  private announce(): void {
    if (this.isAnnounced) return;
    this.isAnnounced = true;
    setImmediate(() => {
      this.isAnnounced = false;
      if (!this.ended.signal.aborted) for (const listener of this.listeners) listener();
    });
  }

  private carryOut(effect: Effect): void {
    const { backend, send, env } = this.options;
    const { signal } = this.ended;
    switch (effect.kind) {
      case 'quit':
        this.end();
        return;
      case 'search':
        this.search(effect.text);
        return;
      case 'copy':
        send(copySequence(effect.text, env));
        this.dispatch({ kind: 'copied', what: effect.what });
        return;
      case 'fetch':
        backend.fetch(effect.wanted, signal).then(
          (content) => this.dispatch({ kind: 'fetched', wanted: effect.wanted, content }),
          (error: unknown) => this.dispatch({ kind: 'notFetched', wanted: effect.wanted, message: backend.explain(error) }));
        return;
      case 'sync':
        backend.sync(signal).then(
          (outcome) => this.dispatch({ kind: 'synced', ...outcome }),
          (error: unknown) => this.dispatch({ kind: 'notSynced', message: backend.explain(error) }));
    }
  }

  /** After the keys that have come already: of a text that is typed on only the last is searched for. */
  private search(text: string): void {
    const isUnderWay = this.wantedSearch !== undefined;
    this.wantedSearch = text;
    if (isUnderWay) return;
    setImmediate(() => {
      const wanted = this.wantedSearch!;
      this.wantedSearch = undefined;
      if (this.ended.signal.aborted) return;
      this.dispatch({ kind: 'matches', text: wanted, names: this.current.names.search(wanted, MOST_MATCHES) });
    });
  }
}
