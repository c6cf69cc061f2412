import { canonicalize, EvidenceItem } from '@ai-assurance/evidence';

/**
 * Whether two items state the same fact: all is equal but who collected it and when. The second collection of a fact adds
 * nothing to the first.
 */
export function isSameFact(a: EvidenceItem, b: EvidenceItem): boolean {
  return factText(a) === factText(b);
}

function factText(item: EvidenceItem): string {
  const {
    collector: _collector,
    collectedAt: _at,
    ...envelope
  } = item.data.envelope;
  return canonicalize({
    type: item.type,
    subject: item.subject,
    // Written in other ways, an instant is still the same.
    timeMs: Date.parse(item.time),
    envelope,
    payload: item.data.payload,
  });
}
