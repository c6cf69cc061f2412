/** `BENCH_SCALE=0.02` shrinks every amount, to see quickly whether a benchmark still runs. Its figures then mean nothing. */
export const scale = Number(process.env.BENCH_SCALE ?? 1);

/** An amount of things, at least one. */
export const scaled = (amount: number): number =>
  Math.max(1, Math.round(amount * scale));

/** Seconds of a run, at least one. */
export const scaledSeconds = (seconds: number): number =>
  Math.max(1, Math.round(seconds * scale));
