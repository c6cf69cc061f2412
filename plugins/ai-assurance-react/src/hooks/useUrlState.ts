import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';

/**
 * Filters and range kept in the URL, so that a page can be shared and reloaded. `defaults` names the parameters; a value
 * equal to its default is left out of the URL. Parameters of others are kept.
 *
 * Updating replaces the history entry; pass `push` for a step that the back button should undo.
 *
 * @public
 */
export function useUrlState<K extends string>(
  defaults: Record<K, string>,
): [
  Record<K, string>,
  (changes: Partial<Record<K, string>>, options?: { push?: boolean }) => void,
] {
  const [search, setSearch] = useSearchParams();
  // Callers write the defaults in place: only their content matters.
  const defaultsText = JSON.stringify(defaults);

  const values = useMemo(() => {
    const known = JSON.parse(defaultsText) as Record<K, string>;
    const entries = (Object.keys(known) as K[]).map(name => [
      name,
      search.get(name) ?? known[name],
    ]);
    return Object.fromEntries(entries) as Record<K, string>;
  }, [defaultsText, search]);

  const update = useCallback(
    (changes: Partial<Record<K, string>>, options?: { push?: boolean }) => {
      const known = JSON.parse(defaultsText) as Record<K, string>;
      setSearch(
        previous => {
          const next = new URLSearchParams(previous);
          for (const name of Object.keys(changes) as K[]) {
            const value = changes[name];
            if (value === undefined || value === known[name]) next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: !options?.push },
      );
    },
    [defaultsText, setSearch],
  );

  return [values, update];
}
