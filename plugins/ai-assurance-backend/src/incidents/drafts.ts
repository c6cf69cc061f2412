import { Envelope } from '@ai-assurance/evidence';
import { EvidenceDraft } from '../ledger';
import { instantOf } from '../platform';
import { IncidentPayload, OWN_SOURCE } from './core/incident';

const sourceSystem = 'ai-assurance.incidents';

const envelopeOf = (nowMs: number, asked?: string): Envelope => ({
  sourceSystem,
  ...(asked === undefined ? {} : { asked }),
  collector: { id: sourceSystem, version: '1' },
  collectedAt: instantOf(nowMs),
});

/** Id of the `version`th statement about an incident that was opened here. */
export const statementId = (incidentId: string, version: number) =>
  `incident:${incidentId}:${version}`;

/** What is said of an incident in its `version`th statement. */
export function incidentDraft(
  subject: string,
  payload: IncidentPayload,
  version: number,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.incident.v1'> {
  return {
    type: 'io.ai-assurance.incident.v1',
    source: OWN_SOURCE,
    id: statementId(payload.incidentId, version),
    subject,
    timeMs: nowMs,
    envelope: envelopeOf(nowMs),
    payload,
  };
}

/** A link as evidence may hold it: without query and fragment, which may carry more than an address. */
function plainLink(url: string): string | null {
  const plain = url.replace(/[?#].*$/, '');
  return /^https?:\/\/[^\s@?#]+$/.test(plain) ? plain : null;
}

/** Who said it, and why: an incident’s own kind holds codes alone. */
export function wordDraft(word: {
  statement: string;
  id: string;
  subject: string;
  by: string;
  reason: string;
  nowMs: number;
  about?: string;
  url?: string;
}): EvidenceDraft<'io.ai-assurance.attestation.v1'> {
  return {
    type: 'io.ai-assurance.attestation.v1',
    source: OWN_SOURCE,
    id: word.id,
    subject: word.subject,
    timeMs: word.nowMs,
    envelope: envelopeOf(word.nowMs, word.about),
    payload: {
      statement: word.statement,
      value: null,
      unit: null,
      respondentCount: null,
      attestedBy: word.by,
      basis: word.reason,
      sourceLink: word.url === undefined ? null : plainLink(word.url),
      sourceDigest: null,
    },
  };
}
