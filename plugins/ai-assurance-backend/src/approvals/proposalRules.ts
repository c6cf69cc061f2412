import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import { SubjectAnswers, SubjectRecord } from '../cohorts';
import { LedgerNewest } from '../ledger';
import { Caller, withCode } from '../platform';
import { readFacts } from '../scorecards';
import { applicablePolicy, Policy } from './core/policy';
import { targetedCohorts } from './core/targetedCohorts';

export interface Proposal {
  modelRef: string;
  version: string;
  digest: string;
  cohorts: string[];
  reason: string;
}

/** Throws `NotAllowedError` `NOT_A_PERSON`. */
export function requirePerson(caller: Caller): void {
  if (caller.isUser) return;
  const message =
    'A release is proposed by a person, who answers for it; a machine’s token may not.';
  throw withCode(new NotAllowedError(message), 'NOT_A_PERSON');
}

/** Throws `NotFoundError` `UNKNOWN_MODEL`, or `InputError` `NOT_A_MODEL`. */
export async function requireModel(
  subjects: SubjectAnswers,
  modelRef: string,
): Promise<SubjectRecord> {
  const model = await subjects.get(modelRef);
  if (!model) {
    throw withCode(
      new NotFoundError(`${modelRef} is not in the catalog as a model.`),
      'UNKNOWN_MODEL',
    );
  }
  if (model.kind !== 'ai-model' && model.kind !== 'edge-model') {
    const message = `body.modelRef: ${modelRef} is a ${model.kind}; only models have releases.`;
    throw withCode(new InputError(message), 'NOT_A_MODEL');
  }
  return model;
}

/** The cohorts asked for, each once and ordered. Throws `InputError` `NOT_TARGETED` or `NO_COHORT`. */
export function requireCohorts(
  model: SubjectRecord,
  asked: string[],
): string[] {
  const targeted = targetedCohorts(model);
  const stranger = asked.find(cohort => !targeted.includes(cohort));
  if (stranger !== undefined) {
    const known =
      targeted.length > 0
        ? `It targets ${targeted.join(', ')}.`
        : 'It targets none.';
    const message = `body.cohorts: ${model.entityRef} does not target ${stranger}. ${known}`;
    throw withCode(new InputError(message), 'NOT_TARGETED');
  }
  if (model.kind === 'edge-model' && asked.length === 0) {
    const message = `body.cohorts: name the cohorts that ${model.entityRef} is to be released to.`;
    throw withCode(new InputError(message), 'NO_COHORT');
  }
  return [...new Set(asked)].sort();
}

/** Throws `ConflictError` `NO_POLICY`: what no policy covers, nobody may release. */
export function requirePolicy(
  policies: Policy[],
  model: SubjectRecord,
): Policy {
  const policy = applicablePolicy(policies, model);
  if (policy) return policy;
  const message = `No approval policy covers ${model.entityRef} (${
    model.kind
  }, risk tier ${model.riskTier ?? 'not stated'}).`;
  throw withCode(new ConflictError(message), 'NO_POLICY');
}

/** Throws `InputError` `UNKNOWN_VERSION` unless artifact evidence of the model binds this label to this digest. */
export async function requireKnownVersion(
  ledger: LedgerNewest,
  { modelRef, version, digest }: Proposal,
): Promise<void> {
  const [artifacts] = await readFacts(ledger, [
    { subject: modelRef, type: 'io.ai-assurance.artifact.v1', sinceMs: 0 },
  ]);
  if (
    artifacts.some(
      ({ payload }) => payload.digest === digest && payload.version === version,
    )
  )
    return;
  const message = `No artifact evidence of ${modelRef} says that version ${version} is ${digest}. Push the artifact evidence first.`;
  throw withCode(new InputError(message), 'UNKNOWN_VERSION');
}
