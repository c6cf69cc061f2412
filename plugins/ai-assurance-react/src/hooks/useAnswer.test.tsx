import { act, renderHook, waitFor } from '@testing-library/react';
import { useAnswer } from './useAnswer';

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const setHidden = (isHidden: boolean) =>
  Object.defineProperty(document, 'hidden', {
    configurable: true,
    get: () => isHidden,
  });

describe('useAnswer', () => {
  afterEach(() => {
    jest.useRealTimers();
    setHidden(false);
  });

  it('is loading, then ready', async () => {
    const first = deferred<string[]>();
    const { result } = renderHook(() => useAnswer(() => first.promise, ['a']));
    expect(result.current.state).toBe('loading');
    await act(async () => first.resolve(['one']));
    expect(result.current).toMatchObject({
      state: 'ready',
      value: ['one'],
      refreshFailure: undefined,
    });
  });

  it('tells an empty answer from one with content', async () => {
    const { result } = renderHook(() =>
      useAnswer(async () => [] as string[], ['a'], {
        isEmpty: value => value.length === 0,
      }),
    );
    await waitFor(() => expect(result.current.state).toBe('empty'));
  });

  it('fails with the reason, and a retry brings the answer', async () => {
    let isDown = true;
    const load = async () => {
      if (isDown) throw new Error('The ledger is resting');
      return 'here';
    };
    const { result } = renderHook(() => useAnswer(load, ['a']));
    await waitFor(() => expect(result.current.state).toBe('failed'));
    expect(result.current).toMatchObject({
      error: new Error('The ledger is resting'),
    });
    isDown = false;
    act(() => result.current.reload());
    await waitFor(() =>
      expect(result.current).toMatchObject({ state: 'ready', value: 'here' }),
    );
  });

  it('keeps the old answer on screen while a poll fails, and says since when', async () => {
    jest.useFakeTimers({ now: 1_000_000 });
    let count = 0;
    const load = async () => {
      count += 1;
      if (count > 1) throw new Error('gone');
      return count;
    };
    const { result } = renderHook(() =>
      useAnswer(load, ['a'], { pollSeconds: 10 }),
    );
    await act(async () => jest.advanceTimersByTimeAsync(0));
    expect(result.current).toMatchObject({
      state: 'ready',
      value: 1,
      loadedAtMs: 1_000_000,
    });
    await act(async () => jest.advanceTimersByTimeAsync(10_000));
    await act(async () => jest.advanceTimersByTimeAsync(10_000));
    expect(result.current).toMatchObject({
      state: 'ready',
      value: 1,
      refreshFailure: { error: new Error('gone'), sinceMs: 1_010_000 },
    });
    expect(count).toBe(3);
  });

  it('asks nothing while the tab is hidden and asks at once when it is shown again', async () => {
    jest.useFakeTimers({ now: 1_000_000 });
    let count = 0;
    const { result } = renderHook(() =>
      useAnswer(async () => (count += 1), ['a'], { pollSeconds: 10 }),
    );
    await act(async () => jest.advanceTimersByTimeAsync(0));
    setHidden(true);
    await act(async () => {
      document.dispatchEvent(new Event('visibilitychange'));
      await jest.advanceTimersByTimeAsync(60_000);
    });
    expect(count).toBe(1);
    setHidden(false);
    await act(async () => {
      document.dispatchEvent(new Event('visibilitychange'));
      await jest.advanceTimersByTimeAsync(0);
    });
    expect(count).toBe(2);
    expect(result.current).toMatchObject({ state: 'ready', value: 2 });
  });

  it('never shows the answer of another question', async () => {
    const answers: Record<string, ReturnType<typeof deferred<string>>> = {
      a: deferred(),
      b: deferred(),
    };
    const { result, rerender } = renderHook(
      ({ name }) => useAnswer(() => answers[name].promise, [name]),
      {
        initialProps: { name: 'a' },
      },
    );
    rerender({ name: 'b' });
    await act(async () => answers.a.resolve('answer a'));
    expect(result.current.state).toBe('loading');
    await act(async () => answers.b.resolve('answer b'));
    expect(result.current).toMatchObject({ state: 'ready', value: 'answer b' });
  });

  it('keeps the former answer during a change when asked to', async () => {
    const answers: Record<string, ReturnType<typeof deferred<string>>> = {
      a: deferred(),
      b: deferred(),
    };
    const { result, rerender } = renderHook(
      ({ name }) =>
        useAnswer(() => answers[name].promise, [name], { keepOnChange: true }),
      { initialProps: { name: 'a' } },
    );
    await act(async () => answers.a.resolve('answer a'));
    rerender({ name: 'b' });
    expect(result.current).toMatchObject({
      state: 'ready',
      value: 'answer a',
      isRefreshing: true,
    });
  });
});
