import { histogramDigest } from './histogramDigest';
import { readImportedReference } from './importedReference';

const recorded = (change: object = {}) => {
  const bins = { boundaries: [0, 1], bins: [1, 2, 3] };
  const cohortBins = { 'resource:default/low-end-phones': [1, 1, 1] };
  return {
    type: 'io.ai-assurance.reference-window.v2',
    data: {
      payload: {
        feature: 'input.size',
        ...bins,
        categories: null,
        cohorts: Object.entries(cohortBins).map(([cohort, part]) => ({
          cohort,
          bins: part,
        })),
        histogramDigest: histogramDigest({ ...bins, cohortBins }),
        ...change,
      },
    },
  };
};
const result = (change: object = {}, config: object = {}) => ({
  success: true,
  results: [
    { expectation_config: { type: 'expect_column_to_exist' }, result: {} },
    {
      expectation_config: {
        type: 'expect_column_kl_divergence_to_be_less_than',
        kwargs: { column: 'size', threshold: 0.1 },
        ...config,
      },
      result: {
        element_count: 1010,
        missing_count: 10,
        observed_value: 0.01,
        details: {
          observed_partition: {
            bins: [0, 0.5, 1],
            weights: [0.25, 0.65],
            tail_weights: [0.02, 0.08],
          },
          expected_partition: { bins: [0, 0.5, 1], weights: [0.5, 0.5] },
        },
        ...change,
      },
    },
  ],
});
const asked = { feature: 'input.size', column: undefined };

describe('a reference of another system', () => {
  it('is taken from a reference that was recorded, alone or among others', () => {
    const taken = {
      histogram: { boundaries: [0, 1], bins: [1, 2, 3] },
      cohortBins: { 'resource:default/low-end-phones': [1, 1, 1] },
    };
    const as = { ...asked, format: 'ai-assurance' as const };
    expect(readImportedReference(recorded(), as)).toEqual(taken);
    expect(
      readImportedReference([{ type: 'other' }, null, recorded()], as),
    ).toEqual(taken);
    expect(
      readImportedReference(recorded({ feature: 'size' }), {
        ...as,
        column: 'size',
      }),
    ).toEqual(taken);
  });

  it('is taken from what Great Expectations observed, in the bins and tails of its partition', () => {
    const as = {
      format: 'great-expectations' as const,
      feature: 'input.size',
      column: 'size',
    };
    const taken = {
      histogram: { boundaries: [0, 0.5, 1], bins: [20, 250, 650, 80] },
      cohortBins: {},
    };
    expect(readImportedReference(result(), as)).toEqual(taken);
    // Release 0.18 calls the type otherwise, and a checkpoint holds its results deeper.
    const older = result(
      {},
      {
        type: undefined,
        expectation_type: 'expect_column_kl_divergence_to_be_less_than',
      },
    );
    expect(
      readImportedReference(
        { run_results: { a: { validation_result: older } } },
        as,
      ),
    ).toEqual(taken);
  });

  it('of categories is taken with names that evidence can hold', () => {
    expect(
      readImportedReference(
        result({
          element_count: 200,
          missing_count: 0,
          details: {
            observed_partition: {
              values: ['AT', 'New York', 7],
              weights: [0.5, 0.25, 0.25],
            },
          },
        }),
        { format: 'great-expectations', feature: 'size', column: undefined },
      ).histogram,
    ).toEqual({
      boundaries: [],
      categories: ['AT', 'New-York-8e1faddf90cfdced', '7'],
      bins: [100, 50, 50],
    });
  });

  it.each([
    ['ai-assurance', {}, 'holds no reference-window.v2 of input.size'],
    [
      'ai-assurance',
      recorded({ bins: [1, 2] }),
      'item 1.data.payload: has bins with',
    ],
    [
      'ai-assurance',
      recorded({ bins: [1, 2, 4] }),
      'item 1: its histogram is not the one of its histogramDigest',
    ],
    [
      'ai-assurance',
      recorded({ cohorts: [{ cohort: 'resource:default/a', bins: [1] }] }),
      'item 1: resource:default/a has other bins than the whole',
    ],
    [
      'great-expectations',
      { results: [] },
      'holds no expect_column_kl_divergence_to_be_less_than of the column input.size for input.size',
    ],
    [
      'great-expectations',
      result(
        { details: {} },
        {
          kwargs: { column: 'input.size' },
        },
      ),
      'input.size.result.details.observed_partition: ',
    ],
    [
      'great-expectations',
      result(
        {
          details: {
            observed_partition: { bins: [1, 0], weights: [1] },
          },
        },
        { kwargs: { column: 'input.size' } },
      ),
      'input.size.result.details.observed_partition: has weights with',
    ],
  ] as const)('in %s of %j is refused: %s', (format, value, why) => {
    expect(() => readImportedReference(value, { ...asked, format })).toThrow(
      why,
    );
  });
});
