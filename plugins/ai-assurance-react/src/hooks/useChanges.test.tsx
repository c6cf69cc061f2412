import { renderInTestApp } from '@backstage/frontend-test-utils';
import { signalApiRef } from '@backstage/plugin-signals-react';
import { act, render, screen } from '@testing-library/react';
import { Link, MemoryRouter } from 'react-router-dom';
import { useState } from 'react';
import { useChanges } from './useChanges';
import { useHere } from './useHere';

type Listener = (message: { subjects?: string[] }) => void;

function openSignals() {
  const listeners = new Set<Listener>();
  const channels: string[] = [];
  return {
    channels,
    listeners,
    say: (subjects?: string[]) =>
      act(() => listeners.forEach(listener => listener({ subjects }))),
    api: {
      subscribe: (channel: string, listener: Listener) => {
        channels.push(channel);
        listeners.add(listener);
        return { unsubscribe: () => listeners.delete(listener) };
      },
    },
  };
}

function Counter(props: { subjects?: string[] }) {
  const [count, setCount] = useState(0);
  useChanges(props.subjects, () => setCount(known => known + 1));
  return <output>{count}</output>;
}

describe('changes that the backend announces', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('ask once for a burst about a subject of the page, and not for others', async () => {
    const signals = openSignals();
    renderInTestApp(<Counter subjects={['component:default/a']} />, {
      apis: [[signalApiRef, signals.api as never]],
    });
    const shown = await screen.findByRole('status');
    expect(signals.channels).toEqual(['ai-assurance:changed']);
    signals.say(['component:default/b']);
    signals.say(undefined);
    act(() => jest.advanceTimersByTime(2_000));
    expect(shown.textContent).toBe('0');
    signals.say(['component:default/a']);
    signals.say(['component:default/a', 'component:default/b']);
    expect(shown.textContent).toBe('0');
    act(() => jest.advanceTimersByTime(1_000));
    expect(shown.textContent).toBe('1');
  });

  it('are not listened to where there is nothing to ask again', async () => {
    const signals = openSignals();
    renderInTestApp(<Counter />, {
      apis: [[signalApiRef, signals.api as never]],
    });
    await screen.findByRole('status');
    expect(signals.listeners.size).toBe(0);
  });
});

function Here(props: { to: string }) {
  return <Link to={useHere()(props.to)}>there</Link>;
}

describe('links from a page about the past', () => {
  it.each([
    [
      '/a?asOf=2026-11-12T14:00:00Z',
      '/b?item=1#x',
      '/b?item=1&asOf=2026-11-12T14%3A00%3A00Z#x',
    ],
    ['/a?asOf=2026-11-12T14:00:00Z', '/b', '/b?asOf=2026-11-12T14%3A00%3A00Z'],
    ['/a', '/b?item=1', '/b?item=1'],
  ])('on %s, %s leads to %s', (page, to, href) => {
    render(
      <MemoryRouter
        initialEntries={[page]}
        future={{ v7_startTransition: true, v7_relativeSplatPath: true }}
      >
        <Here to={to} />
      </MemoryRouter>,
    );
    expect(screen.getByRole('link').getAttribute('href')).toBe(href);
  });
});
