import { SIGNAL_CHANNEL } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { useApiHolder } from '@backstage/frontend-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { useEffect, useRef } from 'react';

/** Changes come in bursts, a verdict with its score and its message: one question answers them all. */
const restMs = 1_000;

/**
 * Calls back, at most once a second, when the backend says that one of the subjects changed. Without the signals plugin in
 * the app, or without subjects, it never does: what must be fresh is polled besides.
 *
 * @public
 */
export function useChanges(
  subjects: readonly string[] | undefined,
  onChange: () => void,
): void {
  const signals = useApiHolder().get(signalApiRef);
  const onChangeRef = useRef(onChange);
  useEffect(() => {
    onChangeRef.current = onChange;
  });
  const key = subjects?.join(' ') ?? '';
  useEffect(() => {
    if (!signals || key === '') return undefined;
    const wanted = new Set(key.split(' '));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const subscription = signals.subscribe<{ subjects?: string[] }>(
      SIGNAL_CHANNEL,
      message => {
        if (!message.subjects?.some(subject => wanted.has(subject))) return;
        timer ??= setTimeout(() => {
          timer = undefined;
          onChangeRef.current();
        }, restMs);
      },
    );
    return () => {
      if (timer !== undefined) clearTimeout(timer);
      subscription.unsubscribe();
    };
  }, [signals, key]);
}
