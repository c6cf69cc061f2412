import { ImportError } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { importFixture, importText, subject } from '../__testUtils__/reports';

describe('a broken report', () => {
  const withEval = (change: object) =>
    `${JSON.stringify({
      entry_type: 'eval',
      probe: 'dan.Dan',
      detector: 'dan.DAN',
      passed: 1,
      ...change,
    })}\n`;
  const plain = (change: object) =>
    JSON.stringify({
      format: 'ai-assurance.io/evaluations/v1',
      tool: { id: 't', version: '1' },
      ...change,
    });
  const sha = (n: number) => `sha256:${String(n).repeat(64)}`;

  it.each<[string, string, string, string]>([
    ['evidently', '', 'NOT_RECOGNISED', 'The file is empty.'],
    [
      'evidently',
      '{"metrics": [}',
      'NOT_RECOGNISED',
      'a fault at line 1, column 14',
    ],
    ['evidently', '{"metrics": []}', 'NOT_RECOGNISED', 'no metric has'],
    [
      'evidently',
      '{"metrics":[{"config":{"type":"evidently:metric_v2:RowCount"},"value":1.5}]}',
      'BROKEN_REPORT',
      'metrics.0.value: 1.5 is no count',
    ],
    [
      'evidently',
      '{"metrics":[{"config":{"type":"evidently:metric_v2:Accuracy"},"value":91.2}]}',
      'BROKEN_REPORT',
      'metrics.0.value: 91.2 is no share',
    ],
    [
      'evidently',
      '{"metrics":[{"config":{"type":"evidently:metric_v2:MaxValue"},"value":1}]}',
      'NOTHING_TO_IMPORT',
      'neither drift',
    ],
    ['nannyml', 'a,b\n1,2\n', 'NOT_RECOGNISED', 'names no columns'],
    [
      'nannyml',
      'chunk_key,chunk_period,estimated_roc_auc\n1,analysis,0.9\n',
      'NOT_RECOGNISED',
      'other results are not read',
    ],
    [
      'nannyml',
      'chunk_key,chunk_period,a_chi2_value,a_chi2_alert\n1,analysis,x,False\n',
      'BROKEN_REPORT',
      'row 2, a chi2: is no number',
    ],
    [
      'nannyml',
      'chunk_key,chunk_period,a_chi2_value,a_chi2_alert\n1,analysis,0.1,maybe\n',
      'BROKEN_REPORT',
      'row 2, a chi2: alert is neither True nor False',
    ],
    [
      'nannyml',
      'chunk_key,chunk_period,a_chi2_value\n1,analysis\n',
      'BROKEN_REPORT',
      'row 2: has 2 fields, the names are 3',
    ],
    [
      'nannyml',
      'chunk_key,chunk_period,f1_value,f1_realized,f1_alert\n1,analysis,1.2,,True\n',
      'BROKEN_REPORT',
      'row 2, f1: 1.2 is no share',
    ],
    [
      'nannyml',
      'chunk_key,chunk_period,f1_value,f1_realized,f1_upper_confidence_boundary,f1_lower_confidence_boundary\n1,analysis,0.9,,0.8,0.7\n',
      'BROKEN_REPORT',
      'row 2, f1: lies outside its confidence boundaries',
    ],
    [
      'nannyml',
      'chunk_key,chunk_period,roc_auc_value,roc_auc_alert\n1,analysis,0.9,False\n',
      'NOT_RECOGNISED',
      'other results are not read',
    ],
    ['nannyml', 'a,"b\n', 'BROKEN_REPORT', 'line 1: a quote is never closed'],
    [
      'great-expectations',
      '{"success":true,"results":[{"success":"yes","expectation_config":{"type":"a"}}]}',
      'BROKEN_REPORT',
      'results.0.success',
    ],
    [
      'great-expectations',
      '{"success":true,"results":[{"success":true,"expectation_config":{"type":"a"},"result":{"element_count":3,"unexpected_count":4}}]}',
      'BROKEN_REPORT',
      'results.0.result.unexpected_count: 4 of 3 elements',
    ],
    [
      'great-expectations',
      '{"success":true,"results":[]}',
      'NOTHING_TO_IMPORT',
      'evaluated no expectation',
    ],
    [
      'soda',
      '{"hasErrors":false,"checks":[{"name":"a","outcome":"green"}]}',
      'BROKEN_REPORT',
      'checks.0.outcome',
    ],
    [
      'soda',
      '{"hasErrors":true,"checks":[]}',
      'NOTHING_TO_IMPORT',
      'made none',
    ],
    [
      'garak',
      `${withEval({ total: 5 })}{"entry_type": "ev`,
      'BROKEN_REPORT',
      'line 2 is no JSON',
    ],
    ['garak', withEval({}), 'BROKEN_REPORT', 'without total_evaluated'],
    [
      'garak',
      withEval({ passed: 6, total: 5 }),
      'BROKEN_REPORT',
      'line 1: 6 passed of 5',
    ],
    [
      'garak',
      '{"entry_type":"init","garak_version":"0.14.0"}',
      'NOTHING_TO_IMPORT',
      'did not come to an end',
    ],
    [
      'promptfoo',
      '{"results":{"version":2,"results":[{}]}}',
      'BROKEN_REPORT',
      'only version 3',
    ],
    [
      'promptfoo',
      JSON.stringify({
        results: {
          version: 3,
          results: [
            { success: true, provider: 'a' },
            { success: true, provider: 'b' },
          ],
        },
      }),
      'AMBIGUOUS_REPORT',
      '2 pairs of provider and prompt',
    ],
    ['plain', '{"format":"v1"}', 'NOT_RECOGNISED', 'format: is not'],
    ['plain', 'null', 'NOT_RECOGNISED', 'format: is not'],
    ['plain', plain({}), 'NOTHING_TO_IMPORT', 'holds no metrics'],
    [
      'plain',
      plain({ metrics: [{ metric: 'a', successCount: 3, totalCount: 2 }] }),
      'BROKEN_REPORT',
      'metrics.0.successCount: is no share of totalCount',
    ],
    [
      'plain',
      plain({ metrics: [{ metric: 'it said: hello', value: 1, unit: 'x' }] }),
      'BROKEN_REPORT',
      'metrics.0.metric: is no code',
    ],
    [
      'plain',
      plain({
        comparisons: [
          {
            metric: 'a',
            baseline: { version: '1' },
            items: [
              { item: sha(1), baseline: true, candidate: true },
              { item: sha(1), baseline: true, candidate: true },
            ],
          },
        ],
      }),
      'BROKEN_REPORT',
      'comparisons.0.items.1.item: stands there twice',
    ],
    [
      'plain',
      plain({
        comparisons: [
          {
            metric: 'a',
            baseline: { version: '1' },
            items: [
              { item: sha(1), baseline: true, candidate: true },
              { item: sha(2), baseline: 0.5, candidate: 0.5 },
            ],
          },
        ],
      }),
      'BROKEN_REPORT',
      'comparisons.0.items.1: right and wrong',
    ],
    ['otel-genai', '{"resourceLogs":[]}', 'NOTHING_TO_IMPORT', 'no event'],
    [
      'otel-genai',
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","eventName":"gen_ai.evaluation.result"}]}]}]}',
      'BROKEN_REPORT',
      'resourceLogs.0.scopeLogs.0.logRecords.0',
    ],
  ])('of %s, %s, is refused: %s, %s', (format, text, code, message) => {
    let error: unknown;
    try {
      importText(format, text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ImportError);
    expect((error as ImportError).code).toBe(code);
    expect((error as ImportError).message).toContain(message);
  });

  it('that says another version than its sender is refused', () => {
    expect(() =>
      importFixture('plain/classifier.json', { subject, subjectVersion: '3' }),
    ).toThrow('version: the file says another than you do');
  });
});

it('a long report about one family of attacks is read at once', () => {
  const probes = Array.from({ length: 100_000 }, (_, i) =>
    JSON.stringify({
      entry_type: 'eval',
      probe: `dan.Dan${i}`,
      detector: 'dan.DAN',
      passed: 1,
      total: 2,
    }),
  );
  const [{ payload }] = importText('garak', probes.join('\n')).facts;
  expect(payload).toMatchObject({
    attackCount: 200_000,
    successCount: 100_000,
    categories: [{ category: 'dan', attackCount: 200_000 }],
  });
});
