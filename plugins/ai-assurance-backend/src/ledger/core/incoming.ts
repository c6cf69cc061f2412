import { EvidenceItem } from '@ai-assurance/evidence';

/** Why an item that is well-formed is still not taken from outside. */
export interface Refusal {
  code: 'CLOCK_AHEAD' | 'RESERVED_SOURCE' | 'RESERVED_TYPE';
  message: string;
}

const ownSourcePrefix = '/ai-assurance/';

// These kinds record what the suite itself or a person in it decided; gates and scorecards rest on them. Taken from
// outside they would let anyone who may push evidence write an approval.
const ownKinds = [
  'approval-request',
  'approval-vote',
  'approval-decision',
  'scorecard-verdict',
  'reference-window',
  'export',
];

function kindOf(type: string): string {
  return type.replace(/^io\.ai-assurance\./, '').replace(/\.v[0-9]+$/, '');
}

/** Judges a well-formed item that somebody pushes: may it come from outside, and is its clock believable? */
export function refusalOf(
  item: EvidenceItem,
  clock: { nowMs: number; maxAheadMs: number },
): Refusal | undefined {
  if (item.source.startsWith(ownSourcePrefix)) {
    return {
      code: 'RESERVED_SOURCE',
      message: `source: ${ownSourcePrefix}… belongs to the suite itself. Name your own system.`,
    };
  }
  if (ownKinds.includes(kindOf(item.type))) {
    return {
      code: 'RESERVED_TYPE',
      message: `type: ${item.type} is written by the suite when the decision is made in it. It cannot be pushed.`,
    };
  }
  const instants: [field: string, instant: string][] = [
    ['time', item.time],
    ['data.envelope.collectedAt', item.data.envelope.collectedAt],
  ];
  for (const [field, instant] of instants) {
    const aheadMs = Date.parse(instant) - clock.nowMs;
    if (aheadMs > clock.maxAheadMs) {
      const taken = Math.floor(clock.maxAheadMs / 1000);
      return {
        code: 'CLOCK_AHEAD',
        message: `${field}: ${instant} lies ${Math.ceil(
          aheadMs / 1000,
        )} s ahead of the server's clock, and at most ${taken} s are taken. Check the clock of the sender.`,
      };
    }
  }
  return undefined;
}
