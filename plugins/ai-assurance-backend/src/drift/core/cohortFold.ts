import { entityRefSchema } from '@ai-assurance/evidence';
import { isNull, SampleValue } from './sampleValues';

const mostCohorts = 200;

/** Which cohort each row belongs to, and whether enough devices are behind it. Keeps no more devices than it has to count. */
export class CohortFold {
  readonly #groupSizes: ReadonlyMap<string, number>;
  readonly #cohortColumn: string;
  readonly #deviceColumn: string | undefined;
  readonly #places = new Map<string, number>();
  readonly #cohorts: { cohort: string; devices: Set<string> }[] = [];
  #problem: string | undefined;

  /** `groupSizes`: fewest devices of every known cohort. */
  constructor(
    groupSizes: ReadonlyMap<string, number>,
    cohortColumn: string,
    deviceColumn: string | undefined,
  ) {
    this.#groupSizes = groupSizes;
    this.#cohortColumn = cohortColumn;
    this.#deviceColumn = deviceColumn;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Where the cohort of a row is counted; -1: it names none. */
  place(cohort: SampleValue, row: number): number {
    if (isNull(cohort) || this.#problem !== undefined) return -1;
    const name = String(cohort);
    return this.#places.get(name) ?? this.#open(name, row);
  }

  /** A device of the cohort at a place; more of them than have to be there are not remembered. */
  see(place: number, device: SampleValue): void {
    if (place < 0 || isNull(device)) return;
    const { cohort, devices } = this.#cohorts[place];
    if (devices.size < this.#groupSizes.get(cohort)!)
      devices.add(String(device));
  }

  #open(name: string, row: number): number {
    const where = `row ${row}, column ${this.#cohortColumn}`;
    if (!this.#groupSizes.has(name))
      this.#problem = entityRefSchema.safeParse(name).success
        ? `${where}: names no cohort of the catalog`
        : `${where}: is no entity reference, such as resource:default/low-end-phones`;
    else if (this.#cohorts.length >= mostCohorts)
      this.#problem = `${where}: more than ${mostCohorts} cohorts`;
    if (this.#problem !== undefined) return -1;
    this.#cohorts.push({ cohort: name, devices: new Set() });
    this.#places.set(name, this.#cohorts.length - 1);
    return this.#cohorts.length - 1;
  }

  /** In the order of their places. */
  told(): { cohort: string; isSmall: boolean }[] {
    return this.#cohorts.map(({ cohort, devices }) => ({
      cohort,
      isSmall:
        this.#deviceColumn === undefined ||
        devices.size < this.#groupSizes.get(cohort)!,
    }));
  }
}
