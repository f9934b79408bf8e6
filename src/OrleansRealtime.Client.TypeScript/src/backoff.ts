const shortestMs = 500;
const longestMs = 30_000;

/**
 * How long to wait before the next attempt: full jitter between 0 and min(30 s, 0.5 s * 2^attempt), so that a thousand clients of
 * a lost server do not come back together. `random` yields numbers from 0 to less than 1.
 */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(longestMs, shortestMs * 2 ** attempt);
}
