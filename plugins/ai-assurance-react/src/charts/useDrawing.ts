import { useEffect, useState } from 'react';

/** What charts are drawn with. */
export type Drawing = typeof import('./drawing');

let loaded: Drawing | undefined;
let loading: Promise<Drawing> | undefined;

/**
 * What charts are drawn with, once it is there: it weighs more than the rest of a page, and what a page says in words must
 * not wait for it. While it cannot be fetched, title, summary and table stand without the drawing.
 */
export function useDrawing(): Drawing | undefined {
  const [drawing, setDrawing] = useState(loaded);
  useEffect(() => {
    if (drawing) return undefined;
    let isHere = true;
    loading ??= import('./drawing');
    loading.then(
      module => {
        loaded = module;
        if (isHere) setDrawing(module);
      },
      // The next chart tries again.
      () => {
        loading = undefined;
      },
    );
    return () => {
      isHere = false;
    };
  }, [drawing]);
  return drawing;
}
