import { createTranslationRef } from '@backstage/frontend-plugin-api';

/**
 * All texts of the entity tabs and cards.
 *
 * @public
 */
export const aiAssuranceEntityTranslationRef = createTranslationRef({
  id: 'plugin.ai-assurance.entity',
  messages: {
    card: {
      title: 'AI assurance',
      open: 'Open assurance',
      level: 'Level held: {{level}}',
      noLevel: 'No level is held',
      noFacts: 'Nothing has been measured yet.',
    },
    range: {
      label: 'Range',
      '15': 'Last 15 minutes',
      '60': 'Last hour',
      '360': 'Last 6 hours',
      '1440': 'Last 24 hours',
      '10080': 'Last 7 days',
      other: 'Last {{length}}',
    },
    wrongKind: {
      title: 'Nothing to assure here',
      description:
        'This tab is for AI services, models and device cohorts. The type of this entity is none of them.',
    },
    objectives: {
      title: 'Objectives',
      description:
        'Share of good events against the objective, and how much of the error budget is left.',
      none: 'No objective is declared',
      noneHint:
        'Write an OpenSLO document and name it in the annotation ai-assurance.io/slo of the catalog file.',
      problems: 'These documents could not be used',
      silentSource:
        'The source {{source}} gives no usable answer since {{time}}, so what is counted here is of before: {{why}}',
      within: 'within {{limit}}',
      good: 'good',
      objective: 'objective {{percent}} % over {{window}}',
      budgetLeft: '{{percent}} % of the error budget left',
      budgetOver: 'error budget overspent by {{percent}} %',
      budgetUnknown: 'error budget not known',
      burnNow:
        'burning {{burn}}× over {{long}}, {{short}}× over {{shortWindow}}; {{severity}} from {{factor}}×',
      burnUnknown: '{{severity}} from {{factor}}×: nothing counted in {{long}}',
      firing: 'firing',
    },
    objectiveSegments: {
      caption: 'Who spends the error budgets',
      description:
        'Each objective by version, cohort and environment over its window, the fastest burning first.',
      none: 'Nothing tells one segment from another yet: what reports names no version, cohort or environment.',
      notKept:
        'How an objective stood by version, cohort and environment is not recorded. Go back to now to see it.',
      version: 'Version',
      cohort: 'Cohort',
      environment: 'Environment',
      objective: 'Objective',
      burn: 'Burn now',
      good: 'Good, with 95 % interval',
      budget: 'Budget left',
      all: 'all',
      unknown: 'unknown',
      between: '{{low}} to {{high}} %',
      ofAllowed: '{{percent}} of {{allowed}} allowed',
      overspent: 'overspent by {{text}}',
      suppressed: 'suppressed: too few devices, or it would tell of them',
      sizeUnknown: 'suppressed: group size unknown',
      more_one: '{{count}} more segment is not shown.',
      more_other: '{{count}} more segments are not shown.',
    },
    behind: {
      title: 'Behind the error budgets',
      description:
        'Who spends the error budgets, what corrections leave out, and the documents and rules to take along.',
      show: 'Show',
      hide: 'Hide',
    },
    corrections: {
      caption: 'Corrections',
      none: 'No stretch of time is left out.',
      stretch: 'Left out (UTC)',
      objective: 'Objective',
      all: 'all',
      cause: 'Why',
      by: 'By',
      evidence: 'Evidence',
      withdraw: 'Withdraw',
      withdrawn: 'withdrawn',
      withdrawTitle: 'Withdraw a correction',
      withdrawText:
        'The stretch counts again in the corrected error budget, within a minute. It is recorded as evidence under your name.',
      withdrawReason: 'Why?',
      done: 'Withdrawn. The budget follows within a minute.',
    },
    exports: {
      caption: 'Take along',
      openSlo: 'Save as OpenSLO',
      rules: 'Save rules for a metrics engine',
      whole: 'Saved; nothing was lost.',
      lost_one: 'Saved, without {{count}} thing that could not be kept:',
      lost_other: 'Saved, without {{count}} things that could not be kept:',
      failed: 'It could not be saved: {{message}}',
    },
    latency: {
      title: 'Latency and traffic',
      chart: 'Latency',
      traffic: 'Requests and errors per interval',
      inferences: 'Inferences and errors per interval',
      requests: 'All',
      errors: 'Errors',
      limit: 'Limit {{limit}}',
    },
    changes: {
      title: 'What changed',
      none: 'Nothing changed in this range.',
      when: 'When',
      what: 'What',
      evidence: 'Evidence',
    },
    segments: {
      title: 'Where it hurts',
      description:
        'Versions and cohorts, worst p95 first. Quantiles are exact to ±{{bound}} %.',
      none: 'No version reported in this range.',
      unanswered:
        'Not known: the source of these figures did not answer for all of them.',
      version: 'Version',
      digest: 'Digest',
      cohort: 'Cohort',
      noCohort: 'no cohort',
      count: 'n',
      errors: 'Errors',
      p50: 'p50',
      p95: 'p95',
      p99: 'p99',
      confidence: 'Mean confidence',
      unknown: 'unknown',
      suppressed: 'suppressed: too few devices, or it would tell of them',
      sizeUnknown: 'suppressed: group size unknown',
      unsplit:
        'Not split by cohort: the source does not say how many devices a cohort is made of (group size unknown).',
    },
    drift: {
      title: 'Drift',
      none: 'No output is watched',
      noneHint:
        'Drift is watched as soon as the model reports the histogram ai_assurance.output.confidence.',
      noReference: 'No reference is approved yet, so drift is not known.',
      value: '{{statistic}} {{value}}',
      valueNow: '{{statistic}} {{value}} now',
      unknownValue: 'Not compared; {{statistic}} would decide',
      limits:
        'warning from {{warn}}, failing from {{fail}}; chance of a false alarm {{chance}}',
      leastLimits:
        'warning from {{warn}} at the least, failing from {{fail}}; chance of a false alarm {{chance}}',
      counts:
        'reference n = {{reference}}, current n = {{current}}, at least {{minimum}} needed',
      reference: 'Reference {{id}}',
      sourceProblem: 'Its source gives no usable answer: {{why}}',
      approvedBy: 'approved by',
      histogram: 'Distribution of {{feature}}',
      history: '{{statistic}} over time',
      failLimit: 'Failing from {{limit}}',
      approve: 'Approve a reference',
      approveTitle: 'Approve a reference for {{feature}}',
      approveText:
        'Outputs of the chosen stretch become what is normal. Drift is judged against it from now on, and your approval is recorded as evidence.',
      stretch: 'Stretch of outputs',
      minutes: 'The last {{minutes}} minutes',
      reason: 'Why are these outputs normal?',
      submit: 'Approve',
      done: 'Approved. It is judged within a minute.',
    },
    versions: {
      title: 'Versions',
      description:
        'From artifacts that were recorded and from telemetry in this range.',
      none: 'No version is known yet',
      noneHint:
        'A version appears when its artifact is pushed as evidence or when it reports telemetry.',
      size: 'Size',
      precision: 'Precision',
      accuracy: 'Accuracy (95 % interval, held-out data)',
      noAccuracy: 'not evaluated',
      adoption: 'Sessions',
      seen: 'Last seen',
      notSeen: 'not in this range',
      release: 'Release',
      noRelease: 'never proposed',
      propose: 'Propose a release',
      unknown: 'unknown',
    },
    adoption: {
      title: 'Adoption',
      description:
        'Sessions that reported in this range, by cohort and version.',
      overTime: 'Share of sessions by version',
      none: 'No session reported in this range.',
      cohort: 'Cohort',
      sessions: 'Sessions on it',
      crashFree: 'Crash-free',
      loads: 'Loads that worked',
      noCohort: 'No cohort claims it',
    },
    promotion: {
      open: 'Version {{version}} may go to more devices, since {{since}}.',
      openBy:
        'It runs well where it runs, and no error budget holds it. Whether it was approved stands beside the version.',
      held: 'The rollout of version {{version}} is held since {{since}}.',
      notHealthy:
        'What devices report does not let it go on: {{reason}}. It may go on by itself once enough of them report that all is well.',
      budget_one:
        'The error budget of {{budgets}} is exhausted, and the policy “{{policy}}” holds rollouts until it recovers. Roll back what burns it, or correct the objective where time should not count.',
      budget_other:
        'The error budgets of {{budgets}} are exhausted, and the policy “{{policy}}” holds rollouts until they recover. Roll back what burns them, or correct the objectives where time should not count.',
    },
    overflow: {
      title:
        '{{metric}} had too many segments to be kept apart from {{since}} to {{until}}.',
      titleAt:
        '{{metric}} had too many segments to be kept apart at {{since}}.',
      whatNow:
        'What is beyond the limit is counted under the version “overflow”, so no number of a version or cohort is whole. Where its latency cannot be told, an objective with a limit takes it for too slow. Send fewer different versions, digests, environments and classes, or raise aiAssurance.telemetry.maxSegments.',
    },
    score: {
      title: 'Readiness',
      judged: 'Scorecard {{scorecard}}, judged',
      none: 'Not judged yet. Verdicts appear within a minute.',
      check: 'Check',
      level: 'Level',
      verdict: 'Verdict',
      facts: 'Facts when recorded',
      fix: 'What now',
      evidence: 'Evidence',
    },
    cohort: {
      title: 'What this cohort is',
      selector: 'Devices with',
      or: 'or',
      ring: 'Ring',
      deviceClass: 'Device class',
      expected: 'Expected devices',
      notStated: 'not stated',
      models: 'Models that target it',
      noModels: 'No model targets this cohort',
      noModelsHint: 'Name the cohort in spec.targetsCohorts of an edge model.',
    },
    links: {
      runbook: 'Runbook',
      noRunbook:
        'No runbook is linked. Set the annotation ai-assurance.io/runbook.',
    },
  },
});
