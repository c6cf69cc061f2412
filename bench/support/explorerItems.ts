import { draftOf } from './ledger';

type EvidenceDraft = ReturnType<typeof draftOf>;

const hourMs = 3_600_000;
export const oldestMs = Date.parse('2025-11-22T00:00:00.000Z');
const subjectCount = 400;
const sourceCount = 20;

export const subjectOf = (number: number) =>
  `resource:default/model-${String((number * 7) % subjectCount).padStart(
    3,
    '0',
  )}`;
export const sourceOf = (number: number) =>
  `https://ci-${(number * 3) % sourceCount}.example.com/builds`;

/** Spreads numbers over 32 bits, the same way each time. */
function mix(number: number): number {
  return Math.imul(number + 1, 2_654_435_761) % 2 ** 32 >>> 0;
}

export const digestOf = (number: number) =>
  Array.from({ length: 8 }, (_, i) =>
    mix(number * 8 + i)
      .toString(16)
      .padStart(8, '0'),
  ).join('');

/**
 * Item `number` of a ledger of `count`, spread over a year: builds, evaluations and objective statuses of 400 subjects from
 * 20 sources, each with ids and digests of its own. Every hundredth came in late, by up to a month.
 */
export function explorerDraft(number: number, count: number): EvidenceDraft {
  const timeMs =
    oldestMs +
    Math.floor((number / count) * 365 * 24 * hourMs) -
    (number % 100 === 0 ? (mix(number) % 720) * hourMs : 0);
  const at = new Date(timeMs).toISOString();
  const digest = `sha256:${digestOf(number)}`;
  const version = `${number % 5}.${number % 97}.${number % 11}`;
  const common = {
    source: sourceOf(number),
    id: `run-${number}`,
    subject: subjectOf(number),
    timeMs,
    envelope: {
      sourceSystem: 'ci.example.com',
      asked: 'the results of the pipeline',
      collector: { id: 'ci-step', version: '1.4.2' },
      subjectVersion: version,
      subjectDigest: digest,
      collectedAt: at,
    },
  };
  if (number % 10 < 5)
    return {
      ...common,
      type: 'io.ai-assurance.artifact.v1',
      payload: {
        version,
        digest,
        sizeBytes: 31_254 + number,
        format: 'onnx',
        precision: 'int8',
      },
    } as EvidenceDraft;
  return {
    ...common,
    type: 'io.ai-assurance.slo-status.v1',
    payload: {
      sloName: `latency-${number % 30}`,
      objectiveName: 'p95',
      objectiveRatio: 0.95,
      budgetingMethod: 'Occurrences',
      goodCount: 980,
      totalCount: 1_000,
      attainmentRatio: 0.98,
      budgetRemainingRatio: 0.6,
      burnRates: [],
      // Rare: one in 5,000.
      status: number % 5_000 === 4_999 ? 'fail' : 'pass',
      reason: 'WITHIN_OBJECTIVE',
    },
  } as EvidenceDraft;
}
