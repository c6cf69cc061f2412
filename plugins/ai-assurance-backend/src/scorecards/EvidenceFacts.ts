import { EvidenceType } from '@ai-assurance/evidence';
import { LedgerAnswers, StoredEvidence } from '../ledger';
import { Fact } from './core/judge';

const pageSize = 100;
/** Items looked at for one question. Whatever lies behind them is not found, and not found is never a pass. */
const itemLimit = 1000;

function factOf(stored: StoredEvidence): Fact {
  return {
    evidenceId: stored.evidenceId,
    position: stored.position,
    timeMs: stored.timeMs,
    expiresAtMs: stored.expiresAtMs,
    envelope: stored.item.data.envelope,
    payload: stored.item.data.payload,
    ...(stored.isErased && { isErased: true as const }),
  };
}

/**
 * Evidence of one kind about a subject, newest first: the newest 100 items, and further ones as long as they are younger
 * than `sinceMs`, at most 1,000.
 */
export async function readFacts(
  ledger: LedgerAnswers,
  subject: string,
  type: EvidenceType,
  sinceMs: number,
): Promise<Fact[]> {
  const facts: Fact[] = [];
  let beforePosition: number | undefined;
  while (facts.length < itemLimit) {
    const page = await ledger.list({
      subject,
      type,
      limit: pageSize,
      beforePosition,
    });
    facts.push(...page.map(factOf));
    const last = page.at(-1);
    if (page.length < pageSize || last === undefined || last.timeMs < sinceMs)
      break;
    beforePosition = last.position;
  }
  return facts;
}
