import {
  type Drift,
  formatCount,
  formatShare,
  type Objective,
  type ObjectiveAlert,
  severityRank,
  type VerdictStatus,
  worstOf,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { momentInWords, spanInWords } from './clock';
import { capitalised, driftPhrase, objectivePhrase } from './sentences';

/** A change that may explain why something began. */
export interface Cause {
  atMs: number;
  title: string;
  version?: string;
  /** A version that came to take all the traffic: the first suspect. */
  isWhole?: boolean;
  evidenceId?: string;
}

/** What the status line is made of. */
export interface StatusInput {
  objectives: Objective[];
  drift: Drift[];
  /** Why objective documents could not be used. */
  problems: string[];
  /** Changes before the worst alert began, in any order. */
  causes?: Cause[];
  nowMs: number;
}

/** The status line of a service. */
export interface ServiceStatus {
  sentence: string;
  status: VerdictStatus;
  severity: string | null;
  sinceMs: number | null;
  onset: {
    atMs: number;
    text: string;
    version: string | null;
    evidenceId: string | null;
  } | null;
}

interface Firing {
  objective: Objective;
  alert: ObjectiveAlert;
}

/** How long before it began a change may lie to be named with it. */
export const causeReachMs = 60 * 60_000;
/** An alert is noticed by the minute: what lies this shortly after its beginning may still be the cause. */
const slackMs = 60_000;

const severityOrder = ['page', 'ticket'];
const rankOf = (severity: string) => {
  const rank = severityOrder.indexOf(severity);
  return rank < 0 ? severityOrder.length : rank;
};
const causeOrder: ObjectiveAlert['cause'][] = [
  'burn-rate',
  'data-quality',
  'signal-lost',
];

/** Every alert that fires, the worst first: pages before tickets, what burns before what is silent, the longest first. */
export function firingAlerts(objectives: Objective[]): Firing[] {
  return objectives
    .flatMap(objective =>
      (objective.alerts ?? []).map(alert => ({ objective, alert })),
    )
    .sort(
      (a, b) =>
        rankOf(a.alert.severity) - rankOf(b.alert.severity) ||
        causeOrder.indexOf(a.alert.cause) - causeOrder.indexOf(b.alert.cause) ||
        a.alert.sinceMs - b.alert.sinceMs,
    );
}

/** What people call the objective: `p95 latency` where that is what it promises. */
export function nameOf(objective: Objective): string {
  return objective.thresholdMs === undefined
    ? objective.objectiveName
    : `p${Number((100 * objective.objectiveRatio).toFixed(3))} latency`;
}

const times = (burn: number) =>
  `${burn >= 10 ? Math.round(burn) : Number(burn.toPrecision(2))}×`;

/** How fast it burns now, by the window pair that fires; `undefined` when that is not known any more. */
function burnOf({ objective, alert }: Firing): number | undefined {
  const pair = objective.burnRates.find(
    rate =>
      rate.severity === alert.severity &&
      rate.longWindowMs === alert.longWindowMs,
  );
  return pair?.shortBurn ?? pair?.longBurn ?? objective.burnNow ?? undefined;
}

/** Since when it is so: a page alert comes after the tickets that fired before it, and the trouble began with the first. */
export function beganMs({ objective, alert }: Firing): number {
  return Math.min(
    ...(objective.alerts ?? [])
      .filter(({ cause }) => cause === alert.cause)
      .map(({ sinceMs }) => sinceMs),
    alert.sinceMs,
  );
}

function alertPhrase(firing: Firing, nowMs: number): string {
  const { objective, alert } = firing;
  const since = `since ${momentInWords(beganMs(firing), nowMs)}`;
  if (alert.cause === 'signal-lost')
    return `${nameOf(objective)}: nothing is measured ${since}`;
  if (alert.cause === 'data-quality')
    return `${nameOf(objective)}: its counts contradict themselves ${since}`;
  const burn = burnOf(firing);
  // An alert holds for a while after the burn ended, lest it flutters.
  if (burn === 0)
    return `${nameOf(objective)} was burning ${since} and is calm now`;
  return `${nameOf(objective)} burning ${
    burn === undefined ? 'its error budget' : times(burn)
  } ${since}`;
}

/** Of the changes shortly before it began, the likeliest: a version that took all the traffic, else the last one. */
export function likeliestCause(
  sinceMs: number,
  causes: Cause[],
): Cause | undefined {
  const near = causes
    .filter(
      ({ atMs }) => atMs <= sinceMs + slackMs && sinceMs - atMs <= causeReachMs,
    )
    .sort((a, b) => b.atMs - a.atMs);
  return (
    near.find(({ isWhole }) => isWhole) ??
    near.find(({ version }) => version !== undefined) ??
    near[0]
  );
}

function onsetOf(sinceMs: number, causes: Cause[]): ServiceStatus['onset'] {
  const cause = likeliestCause(sinceMs, causes);
  if (!cause) return null;
  const title = cause.isWhole
    ? `version ${cause.version} reached 100 %`
    : cause.title.charAt(0).toLocaleLowerCase('en-US') + cause.title.slice(1);
  const spanMs = Math.max(0, sinceMs - cause.atMs);
  return {
    atMs: cause.atMs,
    text: `started ${spanInWords(spanMs)} after ${title}`,
    version: cause.version ?? null,
    evidenceId: cause.evidenceId ?? null,
  };
}

/** Sources that do not answer, each once, the longest silent first. */
function silentSources(objectives: Objective[]) {
  const silent = new Map<string, { title: string; sinceMs: number }>();
  for (const { sources } of objectives) {
    for (const { sourceId, title, failingSinceMs } of sources ?? []) {
      if (failingSinceMs === null) continue;
      const known = silent.get(sourceId);
      if (!known || known.sinceMs > failingSinceMs)
        silent.set(sourceId, { title, sinceMs: failingSinceMs });
    }
  }
  return [...silent.values()].sort((a, b) => a.sinceMs - b.sinceMs);
}

const and = (parts: string[]) => parts.filter(Boolean).join(' ');
const asSentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** A source that only failed to be read again: what it said before is still measured. */
const isOnlyUnread = (problem: string) => problem.endsWith('is still in use');

/** Why nobody can say that a service without objectives is healthy, whatever else is known of it. */
function withoutObjectives({ objectives, problems }: StatusInput): string {
  if (objectives.length > 0) return '';
  return problems.length > 0
    ? `No objective could be read: ${problems[0]}`
    : 'No objective is declared, so nobody can say whether this service is healthy.';
}

/** What is wrong in the documents of a service that has objectives all the same. */
function unusedDocuments({ objectives, problems }: StatusInput): string {
  if (objectives.length === 0 || problems.length === 0) return '';
  const more =
    problems.length > 1
      ? ` (and ${formatCount(problems.length - 1)} more)`
      : '';
  return asSentence(`Not all objectives could be read: ${problems[0]}${more}`);
}

/** What stands behind the first clause: what else fires, and which sources are silent. */
function besides(input: StatusInput, named: Objective | undefined): string[] {
  const { objectives, nowMs } = input;
  const others = new Set(
    firingAlerts(objectives)
      .map(({ objective }) => objective)
      .filter(objective => objective !== named),
  ).size;
  return [
    others > 0
      ? `${formatCount(others)} more ${
          others === 1 ? 'objective has' : 'objectives have'
        } an alert.`
      : '',
    ...silentSources(objectives).map(
      ({ title, sinceMs }) =>
        `The source ${title} gives no usable answer since ${momentInWords(
          sinceMs,
          nowMs,
        )}.`,
    ),
    unusedDocuments(input),
  ];
}

/**
 * What an on-call engineer reads first, from verdicts, alerts and changes: the worst thing with severity and since, and the
 * change just before it. What is not known is said to be not known, never passed over.
 */
export function serviceStatus(input: StatusInput): ServiceStatus {
  const { objectives, drift, problems, nowMs, causes = [] } = input;
  // A promise that cannot be read is not kept: with one missing, nothing is a pass.
  const isWhole = objectives.length > 0 && problems.every(isOnlyUnread);
  const status = worstOf([
    ...[...objectives, ...drift].map(x => x.verdict.status),
    ...(isWhole ? [] : ['inconclusive' as const]),
  ]);
  const [worst] = firingAlerts(objectives);
  if (worst) {
    const { severity } = worst.alert;
    const sinceMs = beganMs(worst);
    const onset =
      worst.alert.cause === 'burn-rate' ? onsetOf(sinceMs, causes) : null;
    return {
      sentence: and([
        `${capitalised(alertPhrase(worst, nowMs))}${
          onset ? `; ${onset.text}` : ''
        }.`,
        ...besides(input, worst.objective),
      ]),
      status,
      severity,
      sinceMs,
      onset,
    };
  }
  const facts = [
    ...objectives.map(objective => ({
      status: objective.verdict.status,
      text: spentPhrase(objective),
    })),
    ...drift.map(d => ({ status: d.verdict.status, text: driftPhrase(d) })),
  ].sort((a, b) => severityRank(a.status) - severityRank(b.status));
  const silent = silentSources(objectives);
  const quiet = { severity: null, onset: null };
  if (facts.length === 0)
    return {
      ...quiet,
      sentence: withoutObjectives(input),
      status,
      sinceMs: null,
    };
  const first = facts[0];
  const areObjectivesMet =
    objectives.length > 0 &&
    objectives.every(({ verdict }) => verdict.status === 'pass');
  const lead = () => {
    const text = `${capitalised(first.text)}.`;
    if (objectives.length === 0) {
      const missing = asSentence(withoutObjectives(input));
      return first.status === 'fail'
        ? `${text} ${missing}`
        : `${missing} ${text}`;
    }
    if (first.status === 'pass') return isWhole ? `Healthy. ${text}` : text;
    // What nobody can judge yet is no reason to hide that what can be judged is well.
    if (first.status === 'inconclusive' && areObjectivesMet)
      return `Objectives are met: ${spentPhrase(objectives[0])}. ${text}`;
    return text;
  };
  return {
    ...quiet,
    sentence: and([lead(), ...besides(input, undefined)]),
    status,
    sinceMs:
      first.status === 'inconclusive' && silent.length > 0
        ? silent[0].sinceMs
        : null,
  };
}

/** An objective without an alert: a budget that is spent is the news, whatever burned it. */
function spentPhrase(objective: Objective): string {
  const { status, reason } = objective.verdict;
  const remaining =
    objective.correctedBudgetRemainingRatio ?? objective.budgetRemainingRatio;
  if (status === 'fail' && remaining !== null && remaining <= 0)
    return `the error budget of ${nameOf(objective)} is spent: ${formatShare(
      objective.goodCount,
      objective.totalCount,
    )} good, objective ${Number(
      (100 * objective.objectiveRatio).toFixed(3),
    )} %, and it does not burn now`;
  if (status === 'inconclusive' && reason === 'insufficient-sample')
    return `${nameOf(
      objective,
    )} is not known: too few requests (n = ${formatCount(
      objective.totalCount,
    )})`;
  return objectivePhrase(objective);
}
