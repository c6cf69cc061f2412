import type { PackEntry } from '../pack/evidenceLine';

// The ledger alone writes these: nobody may push the kind, nor in its name.
const redactionType = /^io\.ai-assurance\.redaction\.v[1-9][0-9]*$/;
const redactionSource = '/ai-assurance/ledger';

/**
 * Redacted items that wait for the evidence of their redaction, which stands further down. Keeps some bytes for each of them
 * until it comes.
 */
export class OpenRedactions {
  readonly #waiting = new Map<number, number[]>();

  await(position: number, redaction: number): void {
    const positions = this.#waiting.get(redaction);
    if (positions) positions.push(position);
    else this.#waiting.set(redaction, [position]);
  }

  /** Whether an item that came before says that this one redacted it. */
  isAwaited(redaction: number): boolean {
    return this.#waiting.has(redaction);
  }

  /** How many items this redaction explains; a text says why it does not. */
  explain(
    entry: PackEntry,
    leaf: { type: string; source: unknown },
  ): number | string {
    const positions = this.#waiting.get(entry.position)!;
    this.#waiting.delete(entry.position);
    if (!redactionType.test(leaf.type) || leaf.source !== redactionSource)
      return `It is said to redact position ${positions[0]}, but it is ${leaf.type} from ${leaf.source}`;
    const listed = positionsIn(entry.payload);
    const missing = positions.find(position => !listed.has(String(position)));
    return missing === undefined
      ? positions.length
      : `It does not list position ${missing}, which is said to be redacted by it`;
  }

  /** An item whose redaction never came. */
  first(): { position: number; redaction: number } | undefined {
    for (const [redaction, [position]] of this.#waiting)
      return { position, redaction };
    return undefined;
  }
}

/** The positions that a redaction lists; none when its payload cannot be read so, since a signer may have recorded anything. */
function positionsIn(payload: string | null): Set<unknown> {
  let items: unknown;
  try {
    items = JSON.parse(payload ?? 'null')?.items;
  } catch {
    // No JSON: it lists nothing.
  }
  return new Set(
    Array.isArray(items) ? items.map(item => item?.evidenceId) : [],
  );
}
