import { Sender } from './types';

/** Subjects that the configuration names for a way in where nobody signs in. `*` stands for all. */
export function namedSender(
  origin: string,
  subjects: readonly string[],
  remedy: string,
): Sender {
  const named = new Set(subjects);
  return {
    origin,
    caller: origin,
    remedy,
    isAnswered: false,
    mayPush: async subject => named.has('*') || named.has(subject),
    maySomewhere: async () => named.size > 0,
  };
}
