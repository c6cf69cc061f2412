import {
  CheckVerdict,
  EvidenceDetail,
  Overview,
  Release,
  ScorecardBoard,
  Subject,
  SubjectScore,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  canonicalize,
  checkpointBody,
  commitPayload,
  EvidenceItem,
  formatTlogProof,
  leafHash,
  leafOf,
  nodeHash,
  signerFromSeed,
  signNote,
  toHex,
  utf8,
} from '@ai-assurance/evidence';

export const nowMs = 1_795_348_800_000;
export const digest = `sha256:${'ab'.repeat(32)}`;

export const reader: Subject = {
  entityRef: 'resource:default/digit-reader',
  kind: 'ai-model',
  title: 'Digit reader',
  ownerRef: 'group:default/vision-team',
  riskTier: 'high',
};

export const service: Subject = {
  entityRef: 'component:default/digit-api',
  kind: 'ai-service',
  title: 'Digit API',
  riskTier: 'limited',
  tier: 1,
};

export const overview: Overview = {
  sentence: '1 of 2 subjects needs attention: Digit API has no owner.',
  status: 'fail',
  subjectCount: 2,
  matchingCount: 2,
  matrix: [
    { riskTier: 'high', status: 'pass', count: 1 },
    { riskTier: 'limited', status: 'fail', count: 1 },
  ],
  attentionCount: 1,
  openReleaseCount: 0,
  subjects: [
    {
      subject: service,
      rollUp: {
        status: 'fail',
        measuredCount: 3,
        inScopeCount: 5,
        unknownCount: 2,
      },
      level: null,
    },
    {
      subject: reader,
      rollUp: {
        status: 'pass',
        measuredCount: 5,
        inScopeCount: 5,
        unknownCount: 0,
      },
      level: 'gold',
    },
  ],
  attention: [
    {
      subject: service,
      status: 'fail',
      what: 'p95 latency is 131 ms, limit 120 ms',
      sinceMs: nowMs - 7_200_000,
      nextAction: 'Roll back to version 6',
    },
  ],
  openReleases: [],
  ledger: { size: 1204, rootHash: 'cd'.repeat(32), headAtMs: nowMs },
  telemetry: {
    lastBatchAtMs: nowMs,
    pointsLastHour: 900,
    refusedPointsLastHour: 100,
  },
};

export const emptyOverview: Overview = {
  sentence: 'No subject is assured yet.',
  status: 'not-applicable',
  subjectCount: 0,
  matchingCount: 0,
  matrix: [],
  attentionCount: 0,
  openReleaseCount: 0,
  subjects: [],
  attention: [],
  openReleases: [],
  ledger: { size: 0, rootHash: 'cd'.repeat(32), headAtMs: null },
  telemetry: {
    lastBatchAtMs: null,
    pointsLastHour: 0,
    refusedPointsLastHour: 0,
  },
};

const latencyCheck: CheckVerdict = {
  checkId: 'latency',
  question: 'Is the latency objective met?',
  level: 'silver',
  verdict: {
    status: 'fail',
    reason: 'LIMIT_EXCEEDED',
    facts: {
      value: 131,
      bound: 120,
      comparator: 'at-most',
      unit: 'ms',
      sampleCount: 4812,
      evidenceId: '17',
    },
  },
  fixHint: 'Look at the slowest cohort on the service page.',
  judgedAtMs: nowMs,
};

const driftCheck: CheckVerdict = {
  checkId: 'drift',
  question: 'Do the outputs look like the reference?',
  level: 'gold',
  verdict: { status: 'inconclusive', reason: 'no-data', facts: {} },
  fixHint: 'Approve a reference window first.',
  judgedAtMs: nowMs,
};

const score: SubjectScore = {
  subject: service,
  scorecardId: 'readiness',
  level: 'bronze',
  rollUp: {
    status: 'fail',
    measuredCount: 1,
    inScopeCount: 2,
    unknownCount: 1,
  },
  checks: [latencyCheck, driftCheck],
  judgedAtMs: nowMs,
};

export const board: ScorecardBoard = {
  scorecardId: 'readiness',
  title: 'Production readiness',
  digest,
  levels: ['bronze', 'silver', 'gold'],
  checks: [
    { checkId: 'latency', question: latencyCheck.question, level: 'silver' },
    { checkId: 'drift', question: driftCheck.question, level: 'gold' },
  ],
  rows: [score],
  rollUp: {
    status: 'fail',
    measuredCount: 1,
    inScopeCount: 2,
    unknownCount: 1,
  },
  subjectCount: 1,
  matchingCount: 1,
  judgedCount: 2,
  troubledCount: 2,
};

export const release: Release = {
  releaseId: 'rel_1',
  modelRef: 'resource:default/digit-reader',
  version: '7',
  digest,
  cohorts: ['resource:default/low-end-phones'],
  state: 'in-review',
  rowVersion: 3,
  proposedBy: 'user:default/mira',
  proposedAtMs: nowMs,
  reason: 'A third of the size at the same accuracy',
  deadlineMs: nowMs + 86_400_000,
  policyId: 'high-risk',
  policyDigest: digest,
  policyText:
    'Two different people of model-risk must approve. The proposer may not.',
  quorum: 2,
  approverGroups: ['group:default/model-risk'],
  frozenVerdicts: [
    {
      question: 'latency',
      status: 'pass',
      reason: 'WITHIN_LIMIT',
      evidenceId: '11',
    },
  ],
  currentVerdicts: [
    {
      question: 'latency',
      status: 'fail',
      reason: 'LIMIT_EXCEEDED',
      evidenceId: '17',
    },
  ],
  votes: [
    {
      votedBy: 'user:default/tomas',
      vote: 'approve',
      reason: 'Numbers hold',
      votedAtMs: nowMs,
    },
  ],
  mayVote: { allowed: true },
  mayWithdraw: false,
};

const item: EvidenceItem = {
  specversion: '1.0',
  id: 'evaluation-7',
  source: 'https://ci.example.com/digit-reader',
  type: 'io.ai-assurance.evaluation.v1',
  subject: 'resource:default/digit-reader',
  time: '2026-11-22T12:00:00.000Z',
  datacontenttype: 'application/json',
  data: {
    envelope: {
      sourceSystem: 'ci',
      windowStart: '2026-11-22T11:00:00.000Z',
      windowEnd: '2026-11-22T12:00:00.000Z',
      sampleCount: 1000,
      collector: { id: 'ci.evaluate', version: '1' },
      collectedAt: '2026-11-22T12:00:01.000Z',
    },
    payload: {
      metric: 'accuracy',
      value: 0.884,
      unit: 'ratio',
      intervalLow: 0.862,
      intervalHigh: 0.902,
      intervalLevelRatio: 0.95,
      intervalMethod: 'wilson',
      totalCount: 1000,
      datasetId: 'mnist-digits',
      datasetDigest: digest,
    },
  },
};

export const facets = {
  types: ['io.ai-assurance.artifact.v1', 'io.ai-assurance.evaluation.v1'],
  sources: ['/ai-assurance/slo', 'https://ci.example.com/digit-reader'],
  subjects: ['component:default/digit-api', 'resource:default/digit-reader'],
};

/** The same item after its payload was erased: proof and leaf are those of before. */
export function redactedEvidence(): EvidenceDetail {
  const { salt: _salt, ...detail } = provenEvidence();
  return {
    ...detail,
    item: { ...detail.item, data: { envelope: detail.item.data.envelope } },
    redacted: true,
    redaction: {
      evidenceId: '40',
      cause: 'request',
      redactedAtMs: nowMs,
      reasonCode: 'personal-data',
      reason: 'A name was in it',
      redactedBy: 'user:default/ada',
    },
  };
}

/** An item at position 1 of a log of two, with a proof that really holds. */
export function provenEvidence(): EvidenceDetail {
  const salt = new Uint8Array(32).fill(7);
  const payloadCommitment = commitPayload(
    salt,
    canonicalize(item.data.payload),
  );
  const leaf = leafOf(item, payloadCommitment);
  const hash = leafHash(utf8(leaf));
  const neighbour = leafHash(utf8('the first leaf'));
  const signer = signerFromSeed(
    'assurance.example.com/log',
    new Uint8Array(32).fill(9),
  );
  const checkpoint = signNote(
    checkpointBody({
      origin: 'assurance.example.com/log',
      size: 2,
      rootHash: toHex(nodeHash(neighbour, hash)),
    }),
    signer,
  );
  return {
    evidenceId: '1',
    position: 1,
    source: item.source,
    id: item.id,
    type: item.type,
    subject: item.subject,
    timeMs: nowMs,
    recordedAtMs: nowMs,
    item,
    leafHash: toHex(hash),
    payloadCommitment,
    proof: formatTlogProof({ index: 1, hashes: [neighbour], checkpoint }),
    verifierKey: signer.verifierKey,
    leaf,
    salt: toHex(salt),
  };
}
