import { createTranslationRef } from '@backstage/frontend-plugin-api';

/**
 * All texts of the shared widgets.
 *
 * @public
 */
export const aiAssuranceReactTranslationRef = createTranslationRef({
  id: 'plugin.ai-assurance-react',
  messages: {
    verdict: {
      pass: 'Pass',
      warn: 'Warn',
      fail: 'Fail',
      inconclusive: 'Inconclusive',
      'not-applicable': 'Not applicable',
      waived: 'waived',
    },
    rollUp: {
      measured_one: '{{measured}} of {{inScope}} check measured',
      measured_other: '{{measured}} of {{inScope}} checks measured',
      unknown: '{{unknown}} unknown',
      none: 'No check applies',
    },
    facts: {
      'at-most': 'limit at most {{bound}}',
      'at-least': 'limit at least {{bound}}',
      below: 'limit below {{bound}}',
      equals: 'must equal {{bound}}',
      bound: 'limit {{bound}}',
      sample: 'n = {{size}}',
      sampleNeeded: 'n = {{size}}, {{needed}} needed',
      window: 'over {{duration}}',
      noValue: 'No value',
    },
    time: {
      never: 'never',
      justNow: 'just now',
    },
    digest: {
      copy: 'Copy digest',
      copied: 'Copied',
      none: 'Unknown digest',
    },
    copy: {
      failed: 'Copying is not allowed here. Select the text instead.',
    },
    state: {
      loading: 'Loading',
      failedTitle: 'This part could not be loaded',
      refusedTitle: 'You may not see this',
      failedSince: 'Since {{time}}.',
      retry: 'Try again',
      stale: 'Could not be renewed since {{time}}: {{message}}',
    },
    heatMap: {
      show: 'Show as map',
      table: 'Show as table',
      hint: 'Arrow keys move between cells; Enter opens one.',
      summary: '{{title}}: {{rows}}, {{columns}}. {{worst}}',
      rows_one: '{{count}} row',
      rows_other: '{{count}} rows',
      columns_one: '{{count}} point in time',
      columns_other: '{{count}} points in time',
      worst_one: '{{name}}: {{status}} in {{part}} of {{count}} column.',
      worst_other: '{{name}}: {{status}} in {{part}} of {{count}} columns.',
      calm: 'None was failing.',
      row: 'Signal',
      now: 'Now',
      counts: 'Times by verdict',
      nothing: 'Not judged',
    },
    chart: {
      showTable: 'Show as table',
      showChart: 'Show as chart',
      noPoints:
        'No data in this range. Gaps are minutes in which nothing was counted.',
      time: 'Time',
      limit: 'Limit',
      gap: 'no data',
      events: 'What happened',
      startsLate: 'There is no data before {{time}}, so the axis starts there.',
      versions: 'Version that served most',
      version: 'version {{version}}',
      total: 'Total',
      bin: 'Bin',
      category: 'Category',
      reference: 'Reference',
      current: 'Current',
      share: '{{percent}} % ({{part}} of {{total}})',
      latest: '{{name}} {{value}} latest, highest {{highest}}',
      summary: '{{title}}: {{parts}}.',
      belowFirst: 'up to {{edge}}',
      aboveLast: 'above {{edge}}',
      between: '{{low}} to {{high}}',
    },
    strip: {
      event: '{{title}}, {{time}}',
      hint: '{{from}} to {{to}}. Point at a mark, or move to it by keyboard, to read it.',
    },
    interval: {
      text: '{{value}}, interval {{low}} to {{high}}',
      withText: '{{value}}, interval {{low}} to {{high}}, {{limit}}',
      withLimit: '{{value}}, interval {{low}} to {{high}}, limit {{limit}}',
    },
    evidence: {
      link: 'Evidence',
      none: 'No evidence',
    },
  },
});
