import {
  Envelope,
  readEvidenceItem,
  ItemReading,
} from '@ai-assurance/evidence';
import { AnyCollectedFact, EvidenceCollector } from '../collector';
import { instantOf } from '../period';

/** The item of evidence that a fact becomes when it is collected at a moment. */
export function readFact(
  collector: Pick<EvidenceCollector, 'id' | 'version'>,
  fact: AnyCollectedFact,
  collectedAtMs: number,
): ItemReading {
  const envelope: Envelope = {
    ...fact.envelope,
    collector: { id: collector.id, version: collector.version },
    collectedAt: instantOf(collectedAtMs),
  };
  return readEvidenceItem({
    specversion: '1.0',
    id: fact.id,
    source: `/ai-assurance/collectors/${collector.id}`,
    type: fact.type,
    subject: fact.subject,
    time: instantOf(fact.timeMs),
    datacontenttype: 'application/json',
    data: { envelope, payload: fact.payload },
  });
}
