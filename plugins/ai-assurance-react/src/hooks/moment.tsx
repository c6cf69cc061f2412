import { createContext, ReactNode, useContext } from 'react';
import { useNow } from './useNow';

const MomentContext = createContext<number | undefined>(undefined);

/**
 * Props of {@link MomentProvider}.
 *
 * @public
 */
export interface MomentProviderProps {
  /** Epoch milliseconds; `undefined`: the present. */
  atMs: number | undefined;
  children: ReactNode;
}

/**
 * Says which moment a part of a page is about: ages in it are counted from that moment instead of from now.
 *
 * @public
 */
export function MomentProvider(props: MomentProviderProps) {
  return (
    <MomentContext.Provider value={props.atMs}>
      {props.children}
    </MomentContext.Provider>
  );
}

/** The moment that this part of the page is about, epoch milliseconds: now, unless a {@link MomentProvider} names another. */
export function useMoment(): number {
  const nowMs = useNow();
  return useContext(MomentContext) ?? nowMs;
}
