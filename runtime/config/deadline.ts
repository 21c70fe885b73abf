/** A call is given up after this, in milliseconds. */
const DEADLINE = 30_000;

/** For one call: ends with the caller's signal, or at its deadline. A client sets a deadline by itself only where no signal is given. */
export function withDeadline(signal?: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(DEADLINE);
  return signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
}
