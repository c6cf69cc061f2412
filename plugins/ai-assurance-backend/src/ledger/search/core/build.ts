import { TermPostings } from './pages';
import { SearchableItem, termsOfItem } from './words';

/** Collects the terms of items, which MUST come in order of position, for one segment. */
export class SegmentBuilder {
  readonly #from: number;
  readonly #offsets = new Map<string, number[]>();

  constructor(from: number) {
    this.#from = from;
  }

  add(item: SearchableItem): void {
    const offset = item.position - this.#from;
    for (const term of termsOfItem(item)) {
      const offsets = this.#offsets.get(term);
      if (offsets) offsets.push(offset);
      else this.#offsets.set(term, [offset]);
    }
  }

  /** All terms in order. */
  terms(): TermPostings[] {
    return [...this.#offsets.keys()].sort(inOrder).map(term => ({
      term,
      offsets: Uint16Array.from(this.#offsets.get(term)!),
    }));
  }
}

/** By UTF-16 code units, as `<` compares. */
function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}
