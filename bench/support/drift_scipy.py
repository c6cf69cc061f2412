"""Seconds and values of the same statistics by SciPy and NumPy, as one JSON object. Argument: a directory with a.f64 and b.f64."""
import json
import sys
import time

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

a = np.fromfile(sys.argv[1] + "/a.f64")
b = np.fromfile(sys.argv[1] + "/b.f64")


def binned():
    low, high = min(a.min(), b.min()), max(a.max(), b.max())
    return (
        np.histogram(a, 50, (low, high))[0],
        np.histogram(b, 50, (low, high))[0],
    )


def psi():
    edges = np.quantile(a, np.arange(1, 10) / 10)
    edges = np.concatenate(([-np.inf], edges, [np.inf]))
    p = np.histogram(a, edges)[0] / len(a)
    q = np.histogram(b, edges)[0] / len(b)
    return float(np.sum((q - p) * np.log(q / p)))


def chi_square():
    table = np.array(binned())
    table = table[:, table.sum(axis=0) > 0]
    return stats.chi2_contingency(table, correction=False)[0]


work = {
    "ks": lambda: stats.ks_2samp(a, b, method="asymp")[0],
    "wasserstein": lambda: stats.wasserstein_distance(a, b),
    "jensenShannon": lambda: jensenshannon(*binned(), base=2),
    "chiSquare": chi_square,
    "psi": psi,
}
result = {}
for name, once in work.items():
    value = once()
    runs = []
    for _ in range(5):
        started = time.perf_counter()
        value = once()
        runs.append(time.perf_counter() - started)
    result[name] = {"seconds": sorted(runs)[2], "value": float(value)}
print(json.dumps(result))
