const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * The first segments are small, so that others see the beginning of a result early; later ones are large, as each costs a request. They depend on
 * the bytes alone, so that two executions with the same bytes have the same boundaries.
 */
const FIRST_SIZES: readonly number[] = [256 * KIB, MIB, 4 * MIB];
const SIZE = 8 * MIB;

/** Bytes of a segment, by its index; the last one of a result is as large as what is left. */
export function segmentSize(index: number): number {
  return FIRST_SIZES[index] ?? SIZE;
}
