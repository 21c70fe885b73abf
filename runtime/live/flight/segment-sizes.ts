const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * The first segments are small, so that others see the beginning of a result early; later ones are large, as each costs a request, but small enough
 * that several of them on their way are little memory. They depend on the bytes alone: two executions with the same bytes have the same boundaries.
 */
const FIRST_SIZES: readonly number[] = [256 * KIB, MIB];
const SIZE = 4 * MIB;

/** Bytes of a segment, by its index; the last one of a result is as large as what is left. */
export function segmentSize(index: number): number {
  return FIRST_SIZES[index] ?? SIZE;
}
