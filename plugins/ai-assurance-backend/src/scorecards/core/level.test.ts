import { VerdictStatus } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { heldLevel } from './level';

const levels = ['bronze', 'silver', 'gold'];

describe('heldLevel', () => {
  it.each<[string, VerdictStatus, VerdictStatus, VerdictStatus, string | null]>(
    [
      ['everything passes', 'pass', 'pass', 'pass', 'gold'],
      ['only the top fails', 'pass', 'pass', 'fail', 'silver'],
      ['only the top is unknown', 'pass', 'pass', 'inconclusive', 'silver'],
      ['the middle warns', 'pass', 'warn', 'pass', 'bronze'],
      ['the bottom is unknown', 'inconclusive', 'pass', 'pass', null],
      [
        'nothing applies',
        'not-applicable',
        'not-applicable',
        'not-applicable',
        null,
      ],
      [
        'only the middle applies and passes',
        'not-applicable',
        'pass',
        'not-applicable',
        'gold',
      ],
      [
        'only the middle applies and fails',
        'not-applicable',
        'fail',
        'not-applicable',
        null,
      ],
      [
        'only the top applies and passes',
        'not-applicable',
        'not-applicable',
        'pass',
        'gold',
      ],
      [
        'the middle does not apply and the top fails',
        'pass',
        'not-applicable',
        'fail',
        'silver',
      ],
    ],
  )('when %s', (_name, bronze, silver, gold, held) => {
    const checks = [bronze, silver, gold].map((status, index) => ({
      level: levels[index],
      status,
    }));
    expect(heldLevel(levels, checks)).toBe(held);
  });
});
