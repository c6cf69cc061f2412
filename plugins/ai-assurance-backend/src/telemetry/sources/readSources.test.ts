import { fixedClock } from '@ai-assurance/test-kit';
import { ConfigReader } from '@backstage/config';
import { readSources } from './readSources';

const queries = {
  latency:
    'increase(request_duration_seconds_bucket{service="${subject}"}[${window}])',
  errors: 'increase(request_errors_total{service="${subject}"}[${window}])',
};

describe('the config of sources', () => {
  const read = (...sources: object[]) =>
    readSources(
      new ConfigReader({
        aiAssurance: {
          telemetry: {
            sources: sources.map((own, i) => ({
              name: `s${i}`,
              type: 'prometheus',
              baseUrl: 'http://localhost:9090',
              queries,
              ...own,
            })),
          },
        },
      }),
      fixedClock(),
    );

  it.each<[object, string]>([
    [
      { queries: { latency: 'increase(a_bucket[${window}]' } },
      'aiAssurance.telemetry.sources[0].queries.latency: no PromQL at line 1, column 22',
    ],
    [
      { queries: { ...queries, errors: 'rate(\n  a_total[${window})' } },
      'aiAssurance.telemetry.sources[0].queries.errors: no PromQL at line 2, column 13',
    ],
    [
      { queries: { latency: 'a_bucket{s="${subject}"}' } },
      'sources[0].queries.latency: has no ${window}',
    ],
    [
      { queries: { latency: 'increase(a{s=${subject}}[${window}])' } },
      'sources[0].queries.latency: no PromQL',
    ],
    [
      { queries: { latency: 'increase(a{s="${owner}"}[${window}])' } },
      '${owner} is unknown',
    ],
    [{ name: 'embedded' }, 'sources[0].name'],
    [{ type: 'influx' }, 'sources[0].type: must be prometheus'],
    [{ unit: 'us' }, 'sources[0].unit: s or ms'],
    [{ labels: { version: 'a b' } }, 'sources[0].labels.version'],
    [{ step: { seconds: 10 } }, 'sources[0].step: whole minutes'],
    [{ maxConcurrent: 0 }, 'sources[0].maxConcurrent'],
  ])('is refused where it cannot be right: %j', (own, message) => {
    expect(() => read(own)).toThrow(message);
  });

  it('has each name once, and one source for all at most', () => {
    expect(() => read({ name: 'a' }, { name: 'a' })).toThrow(
      'two sources are called a',
    );
    expect(() => read({ subjects: ['*'] }, { subjects: ['*'] })).toThrow(
      'only one source can be for all subjects',
    );
  });
});
