import {
  VerdictStatus,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { Gate, Gates } from './gates';
import { judgeBound } from './judgeBound';
import { judgeOnline } from './judgeOnline';
import { judgeRegression } from './judgeRegression';
import { GateVerdict, Known } from './known';
import { versionKey } from './measurement';

/** What the gates say of one version. */
export interface VersionVerdict {
  version: string | null;
  digest: string | null;
  status: VerdictStatus;
  reason: string;
  gates: GateVerdict[];
}

/** A pass may rest on an item that a later, redacted one contradicted; nobody can know any more. */
function unlessErased(verdict: GateVerdict, key: string, known: Known) {
  if (verdict.status !== 'pass' && verdict.status !== 'warn') return verdict;
  const later = known.erased.some(({ envelope, position }) => {
    const about = versionKey({
      version: envelope.subjectVersion ?? null,
      digest: envelope.subjectDigest ?? null,
    });
    return (
      (about === key || about === null) &&
      position > Number(verdict.evidenceId ?? -1)
    );
  });
  return later
    ? { ...verdict, status: 'inconclusive' as const, reason: 'no-data' }
    : verdict;
}

function judgeGate(
  gate: Gate,
  key: string,
  known: Known,
  nowMs: number,
): GateVerdict {
  if ('noWorseBy' in gate) return judgeRegression(gate, key, known, nowMs);
  if ('agreesWithOfflineWithin' in gate)
    return judgeOnline(gate, key, known, nowMs);
  return judgeBound(gate, key, known, nowMs);
}

/** The versions that anything was measured of, the newest measured first. What names no version is none. */
export function versionsOf(
  known: Known,
): { key: string; version: string | null; digest: string | null }[] {
  const versions = new Map<
    string,
    { version: string | null; digest: string | null; position: number }
  >();
  for (const of of [...known.measurements, ...known.comparisons]) {
    const key = versionKey(of);
    if (key === null) continue;
    const before = versions.get(key);
    versions.set(key, {
      version: of.version ?? before?.version ?? null,
      digest: of.digest,
      position: Math.max(of.position, before?.position ?? -1),
    });
  }
  return [...versions]
    .sort(([, a], [, b]) => b.position - a.position)
    .map(([key, { version, digest }]) => ({ key, version, digest }));
}

/** What the gates say of every version, the newest measured first. No data is never a pass. */
export function judgeVersions(
  { gates }: Pick<Gates, 'gates'>,
  known: Known,
  nowMs: number,
): VersionVerdict[] {
  return versionsOf(known).map(({ key, version, digest }) => {
    const verdicts = gates.map(gate =>
      unlessErased(judgeGate(gate, key, known, nowMs), key, known),
    );
    const status = worstOf(verdicts.map(verdict => verdict.status));
    return {
      version,
      digest,
      status,
      reason:
        verdicts.find(verdict => verdict.status === status)?.reason ??
        'no-gates',
      gates: verdicts,
    };
  });
}
