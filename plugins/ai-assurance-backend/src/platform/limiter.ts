/** Lets only so many pieces of work run at once; the others wait in their order. */
export interface Limiter {
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createLimiter(most: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async run(work) {
      if (running >= most)
        await new Promise<void>(resolve => {
          waiting.push(resolve);
        });
      else running += 1;
      try {
        return await work();
      } finally {
        // The place is handed on, so that nobody who comes now takes it from who waits.
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}

/** A {@link Limiter} of its own for each host, so that a slow one delays only what is asked of it. */
export function createHostLimiter(mostOfOneHost: number): {
  run<T>(url: string, work: () => Promise<T>): Promise<T>;
} {
  const limiters = new Map<string, { limiter: Limiter; users: number }>();
  return {
    async run(url, work) {
      const host = URL.canParse(url) ? new URL(url).host : '';
      const entry = limiters.get(host) ?? {
        limiter: createLimiter(mostOfOneHost),
        users: 0,
      };
      limiters.set(host, entry);
      entry.users += 1;
      try {
        return await entry.limiter.run(work);
      } finally {
        entry.users -= 1;
        if (entry.users === 0) limiters.delete(host);
      }
    },
  };
}
