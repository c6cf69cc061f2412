const titles: Readonly<Record<string, string>> = {
  psi: 'PSI',
  'jensen-shannon': 'Jensen-Shannon',
  'kullback-leibler': 'Kullback-Leibler',
  hellinger: 'Hellinger',
  'total-variation': 'Total variation',
  'chi-square': 'Chi-square',
  'kolmogorov-smirnov': 'Kolmogorov-Smirnov',
  wasserstein: 'Wasserstein',
  'two-proportion': 'Two-proportion z',
  'mcnemar-exact': 'Exact McNemar',
  'wilcoxon-signed-rank': 'Wilcoxon signed-rank',
};

/**
 * What people call a statistic or a test, of which evidence and the wire carry the code (`jensen-shannon`). A code that is not
 * known here is returned with spaces for hyphens. Pure.
 *
 * @public
 */
export function statisticTitle(code: string): string {
  return titles[code] ?? code.replace(/-/g, ' ');
}
