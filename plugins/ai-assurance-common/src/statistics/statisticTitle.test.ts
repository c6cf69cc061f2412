import { statisticTitle } from './statisticTitle';

describe('the title of a statistic', () => {
  it.each([
    ['psi', 'PSI'],
    ['jensen-shannon', 'Jensen-Shannon'],
    ['mcnemar-exact', 'Exact McNemar'],
    ['something-imported', 'something imported'],
  ])('of %s is %s', (code, title) => expect(statisticTitle(code)).toBe(title));
});
