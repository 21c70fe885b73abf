/** Lets actors take their steps one at a time, in an order that is given, so that every order can be had. */
export class Turns {
  private readonly waiting = new Map<string, () => void>();
  private readonly running = new Set<string>();

  /** Waits for the actor's turn. */
  async step(actor: string): Promise<void> {
    await new Promise<void>((resolve) => { this.waiting.set(actor, resolve); });
  }

  start(actor: string, work: () => Promise<void>): Promise<void> {
    this.running.add(actor);
    return work().finally(() => this.running.delete(actor));
  }

  /** Those that wait for their turn, when nobody is in the middle of a step any more. */
  async ready(): Promise<readonly string[]> {
    while (this.waiting.size < this.running.size) await new Promise(setImmediate);
    return [...this.waiting.keys()].sort();
  }

  grant(actor: string): void {
    const resolve = this.waiting.get(actor)!;
    this.waiting.delete(actor);
    resolve();
  }
}

/**
 * Runs actors once for every order of their steps.
 *
 * @param scene makes a new state: what each actor does, and what must hold at the end
 * @returns how many orders there were
 */
export async function everyInterleaving(
  scene: (turns: Turns) => Promise<{ readonly actors: Readonly<Record<string, () => Promise<void>>>; check(order: string): Promise<void> }>,
): Promise<number> {
  let choices: { readonly taken: number; readonly of: number }[] = [];
  for (let runs = 1; ; runs += 1) {
    const turns = new Turns();
    const { actors, check } = await scene(turns);
    const ends = Promise.all(Object.entries(actors).map(([actor, work]) => turns.start(actor, work)));
    const made: typeof choices = [];
    const order: string[] = [];
    for (let ready = await turns.ready(); ready.length > 0; ready = await turns.ready()) {
      const taken = choices[made.length]?.taken ?? 0;
      made.push({ taken, of: ready.length });
      order.push(ready[taken]);
      turns.grant(ready[taken]);
    }
    await ends;
    await check(order.join(' '));
    while (made.length > 0 && made[made.length - 1].taken + 1 === made[made.length - 1].of) made.pop();
    const last = made.pop();
    if (last === undefined) return runs;
    choices = [...made, { taken: last.taken + 1, of: last.of }];
  }
}
