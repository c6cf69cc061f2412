import { codeOfLabel } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { CohortFold } from './cohortFold';
import { Histogram } from './histogram';
import {
  binOf,
  categoryOf,
  isNull,
  numberOf,
  SampleValue,
} from './sampleValues';

/** What is asked of one column of a file of samples. */
export interface SampleWish {
  feature: string;
  column: string;
  type: 'numeric' | 'categorical';
  /** Inner edges of numbers: a value on an edge belongs to the bin below, as in OpenTelemetry. Empty of categories. */
  boundaries: number[];
  /** Range whose outside is counted value by value. */
  minimum: number | undefined;
  maximum: number | undefined;
  cohortColumn: string | undefined;
  deviceColumn: string | undefined;
}

/** What a column held. */
export interface SampleProfile {
  feature: string;
  /** Why nothing can be said of it, with row and column; then the counts are of the rows before. */
  problem: string | undefined;
  whole: Histogram;
  cohorts: {
    cohort: string;
    /** Fewer devices than may be shown, or not known how many: without its histogram. */
    isSmall: boolean;
    count: number;
    histogram: Histogram | undefined;
  }[];
  nullCount: number;
  outsideCount: number | undefined;
}

const mostCategories = 200;
const longestCategory = 200;

interface Counts {
  bins: Float64Array;
}

/** Counts one column, value by value; of a value nothing is kept but the bin that it fell into. */
export class ColumnFold {
  readonly wish: SampleWish;
  readonly cohorts: CohortFold | undefined;
  readonly #edges: Float64Array;
  readonly #categories = new Map<string, number>();
  readonly #whole: Counts;
  readonly #parts: (Counts | undefined)[] = [];
  #nullCount = 0;
  #outsideCount = 0;
  #problem: string | undefined;

  constructor(wish: SampleWish, cohorts: CohortFold | undefined) {
    this.wish = wish;
    this.cohorts = cohorts;
    this.#edges = Float64Array.from(wish.boundaries);
    this.#whole = this.#counts();
  }

  get isOver(): boolean {
    return this.#problem !== undefined;
  }

  /** Gives up on the column. The first reason stays. */
  fail(problem: string): void {
    this.#problem ??= problem;
  }

  /** `row` counts from 1, `place` is the cohort's; -1: it has none. */
  add(value: SampleValue, place: number, row: number): void {
    if (this.#problem !== undefined) return;
    const bin =
      this.wish.type === 'numeric'
        ? this.#numericBin(value, row)
        : this.#categoryBin(value, row);
    if (bin < 0) return;
    this.#whole.bins[bin] += 1;
    if (place >= 0) (this.#parts[place] ??= this.#counts()).bins[bin] += 1;
  }

  #counts(): Counts {
    return {
      bins: new Float64Array(
        this.wish.type === 'numeric' ? this.#edges.length + 1 : mostCategories,
      ),
    };
  }

  #numericBin(value: SampleValue, row: number): number {
    if (isNull(value)) {
      this.#nullCount += 1;
      return -1;
    }
    const number = numberOf(value);
    if (number === undefined) {
      this.fail(`${this.#where(row)}: is no number`);
      return -1;
    }
    if (Number.isNaN(number)) {
      this.#nullCount += 1;
      return -1;
    }
    const { minimum = -Infinity, maximum = Infinity } = this.wish;
    if (number < minimum || number > maximum) this.#outsideCount += 1;
    return binOf(number, this.#edges);
  }

  #categoryBin(value: SampleValue, row: number): number {
    if (isNull(value)) {
      this.#nullCount += 1;
      return -1;
    }
    const category = categoryOf(value);
    if (category === undefined) {
      this.fail(`${this.#where(row)}: is neither text nor a number`);
      return -1;
    }
    const known = this.#categories.get(category);
    if (known !== undefined) return known;
    if (category.length > longestCategory)
      this.fail(
        `${this.#where(
          row,
        )}: is longer than ${longestCategory} characters, hence no category`,
      );
    else if (this.#categories.size >= mostCategories)
      this.fail(`${this.#where(row)}: more than ${mostCategories} categories`);
    if (this.#problem !== undefined) return -1;
    this.#categories.set(category, this.#categories.size);
    return this.#categories.size - 1;
  }

  #where(row: number): string {
    return `row ${row}, column ${this.wish.column}`;
  }

  told(): SampleProfile {
    const { feature, minimum, maximum } = this.wish;
    const problem = this.#problem ?? this.cohorts?.problem;
    return {
      feature,
      problem,
      whole: this.#histogram(this.#whole),
      cohorts: (this.cohorts?.told() ?? []).map(({ cohort, isSmall }, at) => {
        const part = this.#parts[at] ?? this.#counts();
        const histogram = this.#histogram(part);
        return {
          cohort,
          isSmall,
          count: histogram.bins.reduce((sum, bin) => sum + bin, 0),
          histogram: isSmall ? undefined : histogram,
        };
      }),
      nullCount: this.#nullCount,
      outsideCount:
        minimum === undefined && maximum === undefined
          ? undefined
          : this.#outsideCount,
    };
  }

  #histogram({ bins }: Counts): Histogram {
    if (this.wish.type === 'numeric')
      return { boundaries: this.wish.boundaries, bins: Array.from(bins) };
    // By name, so that the same rows in another order are the same histogram. Evidence holds codes, no free text.
    const named = [...this.#categories]
      .map(([category, at]) => ({ code: codeOfLabel(category), at }))
      .sort((a, b) => (a.code < b.code ? -1 : 1));
    return {
      boundaries: [],
      categories: named.map(({ code }) => code),
      bins: named.map(({ at }) => bins[at]),
    };
  }
}

/** The columns that are asked of one file, with those that tell cohorts apart. */
export function foldsOf(
  wishes: readonly SampleWish[],
  groupSizes: ReadonlyMap<string, number>,
): ColumnFold[] {
  const cohorts = new Map<string, CohortFold>();
  return wishes.map(wish => {
    const { cohortColumn, deviceColumn } = wish;
    if (cohortColumn === undefined) return new ColumnFold(wish, undefined);
    const key = JSON.stringify([cohortColumn, deviceColumn ?? null]);
    let fold = cohorts.get(key);
    if (!fold)
      cohorts.set(
        key,
        (fold = new CohortFold(groupSizes, cohortColumn, deviceColumn)),
      );
    return new ColumnFold(wish, fold);
  });
}

/** The folds of a file by what tells their cohorts apart, so that each row is placed once. */
export function byCohorts(folds: readonly ColumnFold[]): {
  cohorts: CohortFold | undefined;
  cohortColumn: string | undefined;
  deviceColumn: string | undefined;
  folds: ColumnFold[];
}[] {
  const groups = new Map<CohortFold | undefined, ColumnFold[]>();
  for (const fold of folds) {
    const own = groups.get(fold.cohorts) ?? [];
    groups.set(fold.cohorts, own);
    own.push(fold);
  }
  return [...groups].map(([cohorts, own]) => ({
    cohorts,
    cohortColumn: own[0].wish.cohortColumn,
    deviceColumn: own[0].wish.deviceColumn,
    folds: own,
  }));
}

const mostNamed = 10;

/**
 * Fails the columns that a file does not have. What it has is named only where names are no data: the first line of a CSV
 * file without names is somebody's row.
 */
export function failMissing(
  folds: readonly ColumnFold[],
  columns: readonly string[],
  mayName: boolean,
): void {
  const known = new Set(columns);
  const some = columns.slice(0, mostNamed).join(', ');
  const more = columns.length - mostNamed;
  const has = mayName
    ? `; it has ${some}${more > 0 ? ` and ${more} more` : ''}`
    : ` among its ${columns.length} columns`;
  for (const fold of folds) {
    const { column, cohortColumn, deviceColumn } = fold.wish;
    for (const name of [column, cohortColumn, deviceColumn])
      if (name !== undefined && !known.has(name))
        fold.fail(`has no column ${name}${has}`);
  }
}
