import { createContext, ReactNode, useContext, useMemo, useState } from 'react';

interface ChartGroupState {
  /** Where the cursor is, epoch milliseconds; `undefined`: on none of the charts. */
  cursorMs: number | undefined;
  setCursorMs: (atMs: number | undefined) => void;
}

const alone: ChartGroupState = { cursorMs: undefined, setCursorMs: () => {} };
const ChartGroupContext = createContext<ChartGroupState>(alone);

/**
 * Charts in it share one cursor: where the pointer is on one, a line stands on all of them.
 *
 * @public
 */
export function ChartGroup(props: { children: ReactNode }) {
  const [cursorMs, setCursorMs] = useState<number>();
  const state = useMemo(() => ({ cursorMs, setCursorMs }), [cursorMs]);
  return (
    <ChartGroupContext.Provider value={state}>
      {props.children}
    </ChartGroupContext.Provider>
  );
}

/** The cursor of the group that a chart stands in. */
export const useChartGroup = () => useContext(ChartGroupContext);
