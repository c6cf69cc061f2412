import { EvidenceType } from '@ai-assurance/evidence';
import { LedgerAnswers } from '../ledger';
import {
  calibrationOf,
  EvaluationItem,
  MEASURING_KINDS,
  measurementsOf,
} from './core/measurement';
import { Comparison, Known } from './core/known';

const pageSize = 100;
/** Items of one kind that are looked at. Whatever lies behind them is not found, and not found is never a pass. */
const itemLimit = 500;

async function itemsOf(
  ledger: LedgerAnswers,
  subject: string,
  type: EvidenceType,
): Promise<EvaluationItem[]> {
  const items: EvaluationItem[] = [];
  let beforePosition: number | undefined;
  while (items.length < itemLimit) {
    const page = await ledger.list({
      subject,
      type,
      limit: pageSize,
      beforePosition,
    });
    for (const stored of page) {
      items.push({
        evidenceId: stored.evidenceId,
        position: stored.position,
        type: stored.item.type,
        timeMs: stored.timeMs,
        expiresAtMs: stored.expiresAtMs,
        envelope: stored.item.data.envelope,
        payload: stored.item.data.payload,
        ...(stored.isErased && { isErased: true as const }),
      });
    }
    if (page.length < pageSize) break;
    beforePosition = page[page.length - 1].position;
  }
  return items;
}

const kinds: readonly EvidenceType[] = [
  ...MEASURING_KINDS,
  'io.ai-assurance.judge-calibration.v1',
  'io.ai-assurance.evaluation-comparison.v1',
];

/**
 * Where the newest item about a subject's evaluations stands; −1 before the first. While it stays, nothing new is known. What
 * is redacted since does not move it: that shows at the next judgement by the clock.
 */
export async function newestPosition(
  ledger: LedgerAnswers,
  subject: string,
): Promise<number> {
  const positions = await Promise.all(
    kinds.map(
      async type => (await ledger.latest(subject, type))?.position ?? -1,
    ),
  );
  return Math.max(...positions);
}

/** Everything that the ledger knows about a subject's evaluations, with the items that it was read from. */
export async function knownAbout(
  ledger: LedgerAnswers,
  subject: string,
): Promise<Known & { items: EvaluationItem[] }> {
  const items: EvaluationItem[] = [];
  for (const type of MEASURING_KINDS)
    items.push(...(await itemsOf(ledger, subject, type)));
  const calibrations = await itemsOf(
    ledger,
    subject,
    'io.ai-assurance.judge-calibration.v1',
  );
  const comparisons = await itemsOf(
    ledger,
    subject,
    'io.ai-assurance.evaluation-comparison.v1',
  );
  const all = [...items, ...calibrations, ...comparisons];
  return {
    items,
    measurements: items.flatMap(measurementsOf),
    calibrations: calibrations.flatMap(item => calibrationOf(item) ?? []),
    comparisons: comparisons
      .filter(({ isErased }) => !isErased)
      .map(
        ({ envelope, payload, timeMs, expiresAtMs, evidenceId, position }) => ({
          version: envelope.subjectVersion ?? null,
          digest: envelope.subjectDigest ?? null,
          timeMs,
          expiresAtMs,
          evidenceId,
          position,
          payload: payload as Comparison['payload'],
        }),
      ),
    erased: all.filter(({ isErased }) => isErased),
  };
}
