import { Offsets } from './postings';
import { TermPostings } from './pages';

/** Terms of one segment in order, read as they are needed. */
export interface TermSource {
  /** Position at which the segment begins. */
  from: number;
  /** The next terms, in order; empty at the end. */
  more(): Promise<TermPostings[]>;
}

/** Merges neighbouring segments, which MUST come in order of position, to terms with offsets from the first position of all. */
export async function* mergeTerms(
  sources: TermSource[],
): AsyncGenerator<TermPostings> {
  const base = sources[0].from;
  const cursors = sources.map(source => ({
    source,
    terms: [] as TermPostings[],
    at: 0,
  }));
  const refill = async (cursor: (typeof cursors)[number]) => {
    cursor.terms = await cursor.source.more();
    cursor.at = 0;
  };
  for (const cursor of cursors) await refill(cursor);

  for (;;) {
    let next: string | undefined;
    for (const { terms, at } of cursors) {
      const term = terms[at]?.term;
      if (term !== undefined && (next === undefined || term < next))
        next = term;
    }
    if (next === undefined) return;
    const lists: { shift: number; offsets: Offsets }[] = [];
    for (const cursor of cursors) {
      const own = cursor.terms[cursor.at];
      if (own?.term !== next) continue;
      lists.push({ shift: cursor.source.from - base, offsets: own.offsets });
      cursor.at += 1;
      if (cursor.at === cursor.terms.length) await refill(cursor);
    }
    yield { term: next, offsets: joined(lists) };
  }
}

function joined(lists: { shift: number; offsets: Offsets }[]): Offsets {
  const all = new Uint16Array(
    lists.reduce((sum, { offsets }) => sum + offsets.length, 0),
  );
  let size = 0;
  for (const { shift, offsets } of lists) {
    for (let i = 0; i < offsets.length; i += 1)
      all[size + i] = offsets[i] + shift;
    size += offsets.length;
  }
  return all;
}
