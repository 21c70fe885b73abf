/** Servers that the lists are run against, besides AWS, whose behaviour a row states. */
export type ServerName = 'embedded' | 'dynalite' | 'ministack' | 'radosgw';

export type Check<S> = (subject: S) => Promise<void>;

/** What a server does in place of what AWS does. */
export interface Difference<S> {
  readonly why: string;
  readonly check: Check<S>;
}

export type Differences<S> = Readonly<Partial<Record<ServerName, Difference<S>>>>;

/** One thing that our code relies on. A check may be run again, and beside others: it uses keys of its own. */
export interface Row<S> {
  readonly name: string;
  readonly check: Check<S>;
  readonly differs?: Differences<S>;
}

export function row<S>(name: string, check: Check<S>, differs?: Differences<S>): Row<S> {
  return { name, check, differs };
}

/** By this, who reports a run finds the rows in which a server is not like AWS. */
export const DIFFERS = ' [differs from AWS: ';

/**
 * A test for each row. Where a server differs, its own behaviour is asserted, and that AWS's is not to be had:
 * so a difference is known by name, and a test fails on the day that it is gone.
 */
export function describeContract<S>(title: string, server: ServerName, rows: readonly Row<S>[], subject: () => S): void {
  describe(title, () => {
    for (const { name, check, differs } of rows) {
      const difference = differs?.[server];
      if (difference === undefined) {
        test(name, () => check(subject()));
        continue;
      }
      test(`${name}${DIFFERS}${difference.why}]`, async () => {
        await difference.check(subject());
        const asAws = await check(subject()).then(() => true, () => false);
        if (asAws) throw new Error(`${server} does now what AWS does: take the difference out of the row "${name}"`);
      });
    }
  });
}
