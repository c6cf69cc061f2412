import { ANNOTATION_EVALUATION_GATES } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { shortDigestOf } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { LoggerService } from '@backstage/backend-plugin-api';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { EvidenceDraft, Ledger, LedgerAnswers } from '../ledger';
import { Clock, Db, instantOf, Outbox, UrlFiles } from '../platform';
import { Gates } from './core/gates';
import { judgeVersions, VersionVerdict } from './core/judge';
import { versionKey } from './core/measurement';
import { EvaluationStore, StoredGates, StoredVerdict } from './EvaluationStore';
import { knownAbout, newestPosition } from './Knowledge';
import { readAnnotatedGates } from './readGates';

const hourMs = 3_600_000;
const rereadAfterMs = 60_000;
/** Age alone changes a verdict no faster than this matters. */
const rejudgeAfterMs = 4 * 60_000;
/** An unchanged verdict is recorded again after a day, so that "still so" has evidence too. */
const recordAgainMs = 24 * hourMs;

const judgedKinds: SubjectRecord['kind'][] = [
  'ai-service',
  'ai-model',
  'edge-model',
];

export interface EvaluationServiceDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  ledger: Pick<Ledger, 'append'>;
  ledgerAnswers: LedgerAnswers;
  subjects: Pick<SubjectAnswers, 'list'>;
  logger: LoggerService;
  urlFiles: UrlFiles;
  store: EvaluationStore;
  /** Gates of subjects that name none, from the configuration. */
  defaults: { source: string; gates: Gates } | undefined;
}

/** What an annotated file said just now, or what is wrong with it. */
interface ReadGates {
  gates?: Gates;
  problem?: string;
}

const annotationOf = ({ annotations }: SubjectRecord) =>
  annotations[ANNOTATION_EVALUATION_GATES]?.trim() ?? '';

function fingerprintOf(gates: Gates, verdict: VersionVerdict): string {
  return JSON.stringify([
    versionKey(verdict),
    gates.digest,
    verdict.gates.map(({ gate, status, reason, evidenceId }) => [
      gate,
      status,
      reason,
      evidenceId,
    ]),
  ]);
}

function draftOf(
  subject: string,
  gates: Gates,
  { verdict, fingerprint }: Pick<StoredVerdict, 'verdict' | 'fingerprint'>,
  nowMs: number,
): EvidenceDraft<'io.ai-assurance.evaluation-verdict.v1'> {
  const { version, digest, status, reason, gates: verdicts } = verdict;
  return {
    type: 'io.ai-assurance.evaluation-verdict.v1',
    source: '/ai-assurance/evaluations',
    // Two verdicts of one instant that say different things are two.
    id: `evaluation-verdict:${shortDigestOf({ subject, fingerprint, nowMs })}`,
    subject,
    timeMs: nowMs,
    envelope: {
      sourceSystem: 'ai-assurance.evaluations',
      sampleCount: verdicts.length,
      collector: { id: 'ai-assurance.evaluations', version: '1' },
      collectedAt: instantOf(nowMs),
      expiresAt: instantOf(nowMs + recordAgainMs + hourMs),
      ...(version && { subjectVersion: version }),
      ...(digest && { subjectDigest: digest }),
    },
    payload: {
      gatesId: gates.gatesId,
      gatesDigest: gates.digest,
      status,
      reason,
      gates: verdicts,
    },
  };
}

/** Judges versions by the gates declared for their subject, and keeps what was said. */
export class EvaluationService {
  readonly #deps: EvaluationServiceDeps;
  /** What each subject was judged on last here, so that evidence of other kinds costs six look-ups and no more. */
  readonly #judged = new Map<
    string,
    { position: number; digest: string; atMs: number }
  >();

  constructor(deps: EvaluationServiceDeps) {
    this.#deps = deps;
  }

  /** Judges the named subjects, or all. One that cannot be judged does not stop the others. Safe to repeat. */
  async judge(subjects?: string[]): Promise<void> {
    const { subjects: catalog, store, logger, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const records = (await catalog.list()).filter(({ kind }) =>
      judgedKinds.includes(kind),
    );
    const stored = new Map(
      (await store.allGates()).map(gates => [gates.subject, gates]),
    );
    if (subjects === undefined) {
      const refs = new Set(records.map(({ entityRef }) => entityRef));
      for (const subject of stored.keys())
        if (!refs.has(subject)) await this.#forget(subject);
    }
    const asked = records.filter(
      ({ entityRef }) => !subjects || subjects.includes(entityRef),
    );
    const read = await this.#readDue(asked, stored, nowMs);
    for (const record of asked) {
      try {
        const gates = await this.#gatesOf(
          record,
          stored.get(record.entityRef),
          read.get(record.entityRef),
          nowMs,
        );
        if (gates) await this.#judgeSubject(record.entityRef, gates, nowMs);
      } catch (error) {
        // The outermost loop: the next run tries again, and until then the verdict's evidence ages towards stale.
        logger.error(
          `Evaluations of ${record.entityRef} could not be judged`,
          error as Error,
        );
      }
    }
  }

  /**
   * Reads the annotated files that are due, all at once: a slow host must not hold up the files of others. What has not come
   * yet is left out, and asked for again by the next run.
   */
  async #readDue(
    records: readonly SubjectRecord[],
    stored: ReadonlyMap<string, StoredGates>,
    nowMs: number,
  ): Promise<Map<string, ReadGates>> {
    const read = new Map<string, ReadGates>();
    await Promise.all(
      records.map(async record => {
        const annotation = annotationOf(record);
        const last = stored.get(record.entityRef);
        if (annotation === '') return;
        if (
          last?.source === annotation &&
          nowMs - last.attemptedAtMs < rereadAfterMs
        )
          return;
        try {
          const gates = await readAnnotatedGates(
            annotation,
            record,
            this.#deps.urlFiles,
          );
          if (gates) read.set(record.entityRef, { gates });
        } catch (error) {
          read.set(record.entityRef, { problem: (error as Error).message });
        }
      }),
    );
    return read;
  }

  async #forget(subject: string): Promise<void> {
    this.#judged.delete(subject);
    await this.#deps.store.forget(subject);
  }

  /** The gates of a subject, as they were read just now or before. A source that fails keeps what it said before. */
  async #gatesOf(
    record: SubjectRecord,
    last: StoredGates | undefined,
    read: ReadGates | undefined,
    nowMs: number,
  ): Promise<Gates | undefined> {
    const { store, defaults } = this.#deps;
    const subject = record.entityRef;
    const annotation = annotationOf(record);
    if (annotation === '') {
      if (!defaults) {
        if (last) await this.#forget(subject);
        return undefined;
      }
      const { gates, source } = defaults;
      if (last?.gates?.digest !== gates.digest || last.source !== source)
        await store.saveGates({
          subject,
          source,
          gates,
          problem: undefined,
          attemptedAtMs: nowMs,
        });
      return gates;
    }
    const known = last?.source === annotation ? last : undefined;
    if (!read) return known?.gates;
    const { problem, gates = known?.gates } = read;
    await store.saveGates({
      subject,
      source: annotation,
      gates,
      problem,
      attemptedAtMs: nowMs,
    });
    return gates;
  }

  async #judgeSubject(
    subject: string,
    gates: Gates,
    nowMs: number,
  ): Promise<void> {
    const { db, store, outbox, ledger, ledgerAnswers } = this.#deps;
    const position = await newestPosition(ledgerAnswers, subject);
    const last = this.#judged.get(subject);
    if (
      last?.position === position &&
      last.digest === gates.digest &&
      nowMs - last.atMs < rejudgeAfterMs
    )
      return;
    const known = await knownAbout(ledgerAnswers, subject);
    const verdicts = judgeVersions(gates, known, nowMs);
    const before = new Map(
      (await store.verdicts(subject)).map(stored => [
        stored.versionKey,
        stored,
      ]),
    );
    const due = verdicts.flatMap(verdict => {
      const key = versionKey(verdict)!;
      const was = before.get(key);
      before.delete(key);
      const fingerprint = fingerprintOf(gates, verdict);
      const isDue =
        was?.fingerprint !== fingerprint ||
        nowMs - was.evidenceAtMs >= recordAgainMs;
      if (!isDue) return [];
      const stored: StoredVerdict = {
        subject,
        versionKey: key,
        verdict,
        fingerprint,
        judgedAtMs: nowMs,
        sinceMs: was?.verdict.status === verdict.status ? was.sinceMs : nowMs,
        evidenceAtMs: nowMs,
        evidenceId: undefined,
      };
      return [stored];
    });
    const gone = [...before.keys()];
    const judgedNow = { position, digest: gates.digest, atMs: nowMs };
    if (due.length === 0 && gone.length === 0) {
      this.#judged.set(subject, judgedNow);
      return;
    }
    const outcomes = await db.transaction(async tx => {
      for (const stored of due) await store.saveVerdict(tx, stored);
      await store.forgetVersions(tx, subject, gone);
      if (due.length === 0) return [];
      await outbox.queue(tx, {
        topic: 'evaluation.judged',
        subjects: [subject],
      });
      return ledger.append(
        tx,
        due.map(stored => draftOf(subject, gates, stored, nowMs)),
      );
    });
    // The append is the last statement of its transaction, so the link to it follows the commit.
    for (const [index, { evidenceId }] of outcomes.entries())
      await store.linkEvidence(
        subject,
        due[index].versionKey,
        nowMs,
        evidenceId,
      );
    this.#judged.set(subject, judgedNow);
  }
}
