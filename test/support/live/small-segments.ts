const KIB = 1024;

/**
 * Sizes of segments in place of the client's own, so that results of a few megabytes have many:
 * `jest.mock('…/runtime/live/flight/segment-sizes', () => jest.requireActual('…/support/live/small-segments'))`
 */
export function segmentSize(index: number): number {
  return [256 * KIB, 1024 * KIB][index] ?? 4096 * KIB;
}
