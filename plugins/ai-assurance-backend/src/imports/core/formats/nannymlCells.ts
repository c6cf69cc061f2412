import { refuse } from '../parts';

/** `True` and `False` as pandas writes them; nothing in the reference period. */
export function alertOf(text: string, where: string): boolean | undefined {
  if (text === '') return undefined;
  if (text === 'True' || text === 'False') return text === 'True';
  return refuse('BROKEN_REPORT', `${where}: alert is neither True nor False`);
}

/** A number; `null` where pandas wrote none. Throws `BROKEN_REPORT` with the place for anything else. */
export function numberOf(text: string, where: string): number | null {
  if (text === '' || text === 'nan' || text === 'NaN') return null;
  const value = Number(text);
  if (!Number.isFinite(value))
    return refuse('BROKEN_REPORT', `${where}: is no number`);
  return value;
}
