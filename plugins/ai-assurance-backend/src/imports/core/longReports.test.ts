import { importText, textOf } from '../__testUtils__/reports';

describe('evidently with very many columns', () => {
  it('says that it lists the worst columns alone, and lets no column that drifted go', () => {
    const drift = (value: number) => (_: unknown, i: number) => ({
      id: `${value}${i}`,
      metric_name: 'ValueDrift()',
      config: {
        type: 'evidently:metric_v2:ValueDrift',
        column: `column_${value}_${i}`,
        method: 'Wasserstein distance (normed)',
        threshold: 0.1,
      },
      value,
    });
    const { facts, notes } = importText(
      'evidently',
      JSON.stringify({
        metrics: [
          ...Array.from({ length: 550 }, drift(0.05)),
          ...Array.from({ length: 3 }, drift(0.4)),
        ],
        tests: [],
      }),
    );
    const { features, driftedCount, comparedCount } = facts[0].payload as any;
    expect([features.length, driftedCount, comparedCount]).toEqual([
      500, 3, 553,
    ]);
    expect(
      features.slice(0, 4).map(({ status }: { status: string }) => status),
    ).toEqual(['fail', 'fail', 'fail', 'pass']);
    expect(notes).toContain(
      'Of 553 features the 500 worst are listed; all of them are in the totals.',
    );
  });
});

describe('garak with very many families', () => {
  it('says that it lists the worst families alone where there are very many', () => {
    const lines = textOf('garak/report-0.14.jsonl').trim().split('\n');
    const more = Array.from({ length: 230 }, (_, i) =>
      JSON.stringify({
        entry_type: 'eval',
        probe: `family${String(i).padStart(3, '0')}.Probe`,
        detector: 'family.Detector',
        passed: 10,
        fails: i < 25 ? 0 : 2,
        total_evaluated: i < 25 ? 10 : 12,
      }),
    );
    const { facts, notes } = importText(
      'garak',
      [...lines.slice(0, 13), ...more, ...lines.slice(13)].join('\n'),
    );
    const { categories, successCount } = facts[0].payload as any;
    expect(categories.length).toBe(200);
    // The 25 families that no attack got through are among those that are left out.
    expect(
      categories.filter((one: { category: string }) =>
        one.category.startsWith('family00'),
      ),
    ).toEqual([]);
    expect(successCount).toBe(14 + 205 * 2);
    expect(notes).toContain(
      'Of 232 families of attacks the 200 worst are listed; all of them are in the totals.',
    );
  });
});
