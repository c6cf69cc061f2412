import { createTranslationRef } from '@backstage/frontend-plugin-api';

/**
 * All texts of the pages about drift.
 *
 * @public
 */
export const aiAssuranceDriftTranslationRef = createTranslationRef({
  id: 'plugin.ai-assurance.drift',
  messages: {
    none: 'Nothing is watched yet',
    noneHint:
      'Report a histogram of an output or feature, or declare monitors in a file and name it in the annotation ai-assurance.io/monitors of the catalog file.',
    noneOfCohort: 'No signal is judged for this cohort',
    noneOfCohortHint:
      'Declare cohorts: each in a monitor, and let devices of the cohort report.',
    allCohorts: 'All devices',
    problems: 'The file of monitors could not be used',
    map: 'Verdicts by feature and time',
    signal: 'Feature or output',
    coverage:
      'Watching {{live}} of {{features}} features and outputs{{traffic}}',
    traffic: ', {{percent}} % of traffic ({{watched}} of {{total}} inferences)',
    trafficUnknown: '; how much of the traffic is not known',
    unwatched: 'Not watched: {{features}}',
    detail: '{{feature}} at {{time}}',
    earlier:
      'At {{time}} the value was {{value}}: {{status}}. Shown here is what was recorded by then, at {{recorded}}.',
    cohortThen: 'Judged again over the minutes of then, as they are kept now.',
    window: 'Judged over {{start}} to {{end}}.',
    windowUntil:
      'What is read now stays in the window until {{until}}: a verdict follows a change by then.',
    reference:
      'Reference {{version}}, of {{start}} to {{end}}: stands until {{expires}}, approved {{approved}} by',
    tooFewDevices:
      'Suppressed: too few devices, so that nothing of this cohort is shown',
    notRecorded: 'Nothing was recorded of this signal by then.',
    value: 'Value',
    limit: 'Limits: warn from {{warn}}, fail from {{fail}}',
    leastLimit: 'Limits: warn from {{warn}} at the least, fail from {{fail}}',
    falseAlarm:
      'False-alarm rate {{rate}} over {{comparisons}} comparisons judged together',
    counts: 'n = {{current}} against {{reference}} in the reference',
    enough: '{{needed}} would be enough to tell a large shift from chance',
    enoughNever:
      'The reference is too small to tell a large shift from chance at this rate',
    statistics: 'All statistics',
    statistic: 'Statistic',
    warn: 'Warn limit',
    fail: 'Fail limit',
    pValue: 'p-value',
    adjusted: 'p-value {{p}}, adjusted {{adjusted}}',
    quality: 'Data quality',
    aspect: 'Check',
    verdict: 'Verdict',
    measured: 'Measured',
    atMost: 'Limit',
    affected: 'Affected',
    noQuality: 'This monitor declares no checks of nulls, ranges or freshness.',
    cohorts: 'By cohort',
    cohort: 'Cohort',
    suppressed: 'suppressed',
    noReference:
      'No reference is approved: there is nothing that it could be compared with.',
    sourceProblem: 'The source could not be read: {{why}}',
    coverageTitle: 'Coverage by subject',
    coveragePart: '{{shown}} of {{total}} subjects shown',
    riskTiers: 'Coverage by risk tier',
    subject: 'Subject',
    tier: 'Risk tier',
    noTier: 'none',
    watched: 'Live monitors',
    trafficWatched: 'Traffic watched',
    unknown: 'not known',
    missing: 'Not watched, and why',
    everything: 'everything is watched',
    emptyTitle: 'No service or model is registered',
    emptyHint:
      'Register one in the catalog; it then shows here with what is watched of it.',
  },
});
