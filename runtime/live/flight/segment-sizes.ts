const FIRST = 256 << 10;
const SIZE = 6 << 20;

/**
 * Bytes of a segment, by its index; the last one of a result is as large as what is left. The first is small, so that others see the beginning of a
 * result early; the others are large, as each costs a request, when it is stored and whenever it is read. Sizes depend on nothing else: two
 * executions with the same bytes have the same boundaries.
 */
export function segmentSize(index: number): number {
  return index === 0 ? FIRST : SIZE;
}
