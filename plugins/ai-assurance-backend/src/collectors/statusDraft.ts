import { EvidenceCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import { StoredSource } from './CollectorsStore';

const optionalInstant = (ms: number | undefined) =>
  ms === undefined ? null : instantOf(ms);

/** States how a source is doing. The message of a failure stays out: evidence carries codes, not prose. */
export function statusDraft(
  { subject, state }: StoredSource,
  id: string,
  collector: Pick<EvidenceCollector, 'id' | 'version'>,
): EvidenceDraft<'io.ai-assurance.collection-status.v1'> {
  return {
    type: 'io.ai-assurance.collection-status.v1',
    source: '/ai-assurance/collectors',
    id,
    subject,
    timeMs: state.endedAtMs,
    envelope: {
      sourceSystem: 'ai-assurance.collectors',
      collector: { id: 'ai-assurance.collectors', version: '1' },
      collectedAt: instantOf(state.endedAtMs),
    },
    payload: {
      collectorId: collector.id,
      collectorVersion: collector.version,
      state: state.state,
      since: instantOf(state.sinceMs),
      failureCode: state.failure?.code ?? null,
      failedRunCount: state.failedRunCount,
      lastSuccessAt: optionalInstant(state.successEndedAtMs),
      factCount: state.factCount,
    },
  };
}
