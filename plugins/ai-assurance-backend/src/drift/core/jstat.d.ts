/** The part of jStat, which comes without types, that tests use as an oracle. */
declare module 'jstat' {
  export const jStat: {
    chisquare: { inv(probability: number, degrees: number): number };
    normal: { inv(probability: number, mean: number, spread: number): number };
  };
}
