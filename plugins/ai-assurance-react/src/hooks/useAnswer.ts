import { useCallback, useEffect, useRef, useState } from 'react';
import { useChanges } from './useChanges';
import { readClockMs } from './useNow';

/**
 * What went wrong and since when, epoch milliseconds.
 *
 * @public
 */
export interface AnswerFailure {
  error: Error;
  sinceMs: number;
}

/**
 * The four states that every part of a page draws. `refreshFailure` on a shown answer means that it could not be renewed:
 * it stays on screen, with its age.
 *
 * @public
 */
export type Answer<T> =
  | { state: 'loading'; reload: () => void }
  | {
      state: 'failed';
      error: Error;
      sinceMs: number;
      isRefreshing: boolean;
      reload: () => void;
    }
  | {
      state: 'empty' | 'ready';
      value: T;
      loadedAtMs: number;
      isRefreshing: boolean;
      refreshFailure: AnswerFailure | undefined;
      reload: () => void;
    };

/**
 * Options of {@link useAnswer}.
 *
 * @public
 */
export interface UseAnswerOptions<T> {
  /** Asks again this often, except while the tab is hidden; not at all when absent. */
  pollSeconds?: number;
  /** Asks again as soon as the backend says that one of these subjects changed, where the app has signals. */
  changesOf?: readonly string[];
  /** Tells an answer without content from one with content. */
  isEmpty?: (value: T) => boolean;
  /** Keeps the former answer on screen while the one for new `deps` is on its way, for example on another range. */
  keepOnChange?: boolean;
}

interface Snapshot<T> {
  key: string;
  answer?: { value: T; atMs: number };
  failure?: AnswerFailure;
}

/**
 * Loads an answer and keeps it fresh. `deps` are plain values that name the question: another question starts anew.
 * `load` SHOULD hand the signal on, so that a question nobody waits for is cancelled.
 *
 * @public
 */
export function useAnswer<T>(
  load: (signal: AbortSignal) => Promise<T>,
  deps: ReadonlyArray<string | number | boolean | null | undefined>,
  options: UseAnswerOptions<T> = {},
): Answer<T> {
  const { pollSeconds, changesOf, isEmpty, keepOnChange } = options;
  const key = JSON.stringify(deps);
  const [snapshot, setSnapshot] = useState<Snapshot<T>>({ key });
  const [isRefreshing, setIsRefreshing] = useState(true);
  const [attempt, setAttempt] = useState(0);
  const loadRef = useRef(load);
  const runRef = useRef<() => void>(() => {});

  useEffect(() => {
    loadRef.current = load;
  });

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isRunning = false;

    const run = async () => {
      if (isRunning) return;
      if (timer !== undefined) clearTimeout(timer);
      isRunning = true;
      setIsRefreshing(true);
      try {
        const value = await loadRef.current(controller.signal);
        if (controller.signal.aborted) return;
        setSnapshot({ key, answer: { value, atMs: readClockMs() } });
      } catch (thrown) {
        if (controller.signal.aborted) return;
        const error =
          thrown instanceof Error ? thrown : new Error(String(thrown));
        setSnapshot(previous => {
          const isSame = previous.key === key;
          const sinceMs =
            (isSame ? previous.failure?.sinceMs : undefined) ?? readClockMs();
          return {
            key,
            answer: isSame ? previous.answer : undefined,
            failure: { error, sinceMs },
          };
        });
      }
      isRunning = false;
      setIsRefreshing(false);
      if (pollSeconds !== undefined && !document.hidden)
        timer = setTimeout(run, pollSeconds * 1000);
    };

    const onVisibilityChange = () => {
      if (timer !== undefined) clearTimeout(timer);
      if (pollSeconds !== undefined && !document.hidden) run();
    };

    runRef.current = run;
    run();
    document.addEventListener('visibilitychange', onVisibilityChange);
    return () => {
      controller.abort();
      if (timer !== undefined) clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisibilityChange);
    };
  }, [key, attempt, pollSeconds]);

  useChanges(changesOf, () => runRef.current());

  const reload = useCallback(() => setAttempt(count => count + 1), []);

  if (snapshot.key !== key && !(keepOnChange && snapshot.answer))
    return { state: 'loading', reload };
  if (snapshot.answer) {
    const { value, atMs } = snapshot.answer;
    return {
      state: isEmpty?.(value) ? 'empty' : 'ready',
      value,
      loadedAtMs: atMs,
      isRefreshing,
      refreshFailure: snapshot.failure,
      reload,
    };
  }
  if (snapshot.failure)
    return { state: 'failed', ...snapshot.failure, isRefreshing, reload };
  return { state: 'loading', reload };
}
