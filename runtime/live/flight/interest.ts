/** How many want something, and what happens when nobody does any more. */
export class Interest {
  private count = 0;

  /** @param onNobody called each time that the last one has left */
  constructor(private readonly onNobody: () => void) {}

  get any(): boolean {
    return this.count > 0;
  }

  /** @returns leaves; more than once does nothing */
  enter(): () => void {
    let inside = true;
    this.count++;
    return () => {
      if (!inside) return;
      inside = false;
      if (--this.count === 0) this.onNobody();
    };
  }
}
