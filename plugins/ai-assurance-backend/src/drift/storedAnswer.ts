import { Verdict } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import type { MonitorAnswer } from './DriftStore';

type CohortAnswer = NonNullable<MonitorAnswer['cohorts']>[number];
type Told = NonNullable<MonitorAnswer['statistics']>[number];

/** One cohort without the names that all of them repeat. */
type CohortRow = [
  cohort: string,
  value: number | null,
  failLimit: number | null,
  pValue: number | null,
  adjustedPValue: number | null,
  referenceCount: number | null,
  currentCount: number | null,
  /** Of a list of verdicts that differ in numbers alone. */
  kind: number,
  bound: number | null,
  sampleCount: number | null,
  sampleCountNeeded: number | null,
];

type StatisticRow = [
  statistic: string,
  value: number,
  warnLimit: number,
  failLimit: number,
  pValue: number,
];

/** As an earlier version wrote them: numbers in words. */
interface Short {
  statistics: StatisticRow[];
  cohorts: CohortRow[];
  /** Status, reason and unit of verdicts. */
  kinds: [Verdict['status'], string, string][];
}

/** What many cohorts have alike: all that a verdict says but what was measured, and the limit. */
type Kind = [
  status: Verdict['status'],
  reason: string,
  unit: string,
  failLimit: number | null,
  bound: number | null,
  /** `true`: what the current window counts. */
  sampleCount: number | true | null,
  sampleCountNeeded: number | null,
];

interface Packed {
  statistics: string[];
  cohorts: string[];
  kinds: Kind[];
  /** Of each statistic, then of each cohort, what is measured; see {@link packedNumbers}. */
  numbers: string;
  /** Of each cohort what is counted, and its kind. */
  counts: (number | null)[];
}

type Stored = Omit<MonitorAnswer, 'cohorts' | 'statistics'> &
  ({ short: Short } | { packed: Packed });

const numbersOfStatistic = 4;
const numbersOfCohort = 3;
const countsOfCohort = 3;
/** Kinds among which one that is known is looked for: those of nearly all cohorts are among the first. */
const kindsSearched = 8;
const bytesOfNumber = 8;

/** Room for the numbers of the answer under way; one is written before the next begins. */
let room = Buffer.alloc(4096);
let view = new DataView(room.buffer, room.byteOffset, room.length);
let filled = 0;

function begin(count: number): void {
  filled = 0;
  if (room.length >= count * bytesOfNumber) return;
  room = Buffer.alloc(2 * count * bytesOfNumber);
  view = new DataView(room.buffer, room.byteOffset, room.length);
}

/** What is not there is no number. */
function write(value: number | null | undefined): void {
  view.setFloat64(filled, value ?? NaN, true);
  filled += bytesOfNumber;
}

/**
 * Doubles as they lie in memory, the lowest byte first, in base64: a double in words costs several times as much to write
 * and to read, and an evaluation of many signals and cohorts writes millions of them.
 */
const packedNumbers = () => room.toString('base64', 0, filled);

function unpackedNumbers(text: string): (number | null)[] {
  const bytes = Buffer.from(text, 'base64');
  return Array.from({ length: bytes.length / bytesOfNumber }, (_, i) => {
    const value = bytes.readDoubleLE(i * bytesOfNumber);
    return Number.isNaN(value) ? null : value;
  });
}

/** Texts of lists that many answers share, or one signal at every evaluation. They MUST NOT change. */
const texts = new WeakMap<readonly number[], string>();

function textOfList(list: readonly number[]): string {
  let text = texts.get(list);
  if (text === undefined) texts.set(list, (text = JSON.stringify(list)));
  return text;
}

/** The place of the kind of a cohort, which is added where it is not found. */
function placeOfKind(kinds: Kind[], one: CohortAnswer): number {
  const { status, reason, facts } = one.verdict;
  const unit = facts.unit ?? '';
  const { failLimit } = one;
  const bound = facts.bound ?? null;
  const needed = facts.sampleCountNeeded ?? null;
  let sampleCount: Kind[5] = facts.sampleCount ?? null;
  if (sampleCount !== null && sampleCount === one.currentCount)
    sampleCount = true;
  const searched = Math.min(kinds.length, kindsSearched);
  for (let i = 0; i < searched; i += 1) {
    const kind = kinds[i];
    if (
      kind[0] === status &&
      kind[1] === reason &&
      kind[2] === unit &&
      kind[3] === failLimit &&
      kind[4] === bound &&
      kind[5] === sampleCount &&
      kind[6] === needed
    )
      return i;
  }
  return (
    kinds.push([status, reason, unit, failLimit, bound, sampleCount, needed]) -
    1
  );
}

/**
 * A judgement as its row keeps it, one line of JSON. A signal with many cohorts is written anew at every evaluation, so what
 * can be told from the rest is left out: names of members, and of each cohort's facts the window, which is that of the whole.
 */
export function answerText(answer: MonitorAnswer): string {
  const statistics = answer.statistics ?? [];
  const cohorts = answer.cohorts ?? [];
  const kinds: Kind[] = [];
  const counts: Packed['counts'] = new Array(countsOfCohort * cohorts.length);
  let counted = 0;
  begin(
    numbersOfStatistic * statistics.length + numbersOfCohort * cohorts.length,
  );
  for (const one of statistics) {
    write(one.value);
    write(one.warnLimit);
    write(one.failLimit);
    write(one.pValue);
  }
  for (const one of cohorts) {
    write(one.value);
    write(one.pValue);
    write(one.adjustedPValue);
    counts[counted] = one.referenceCount;
    counts[counted + 1] = one.currentCount;
    counts[counted + 2] = placeOfKind(kinds, one);
    counted += countsOfCohort;
  }
  const packed: Packed = {
    statistics: statistics.map(({ statistic }) => statistic),
    cohorts: cohorts.map(({ cohort }) => cohort),
    kinds,
    numbers: packedNumbers(),
    counts,
  };
  const rest = JSON.stringify({
    ...answer,
    statistics: undefined,
    cohorts: undefined,
    boundaries: undefined,
    referenceBins: undefined,
    packed,
  });
  return `${rest.slice(0, -1)},"boundaries":${textOfList(
    answer.boundaries,
  )},"referenceBins":${textOfList(answer.referenceBins)}}`;
}

function shortOf(packed: Packed): Short {
  const { statistics, cohorts, kinds, numbers, counts } = packed;
  const all = unpackedNumbers(numbers);
  const firstOfCohorts = numbersOfStatistic * statistics.length;
  return {
    statistics: statistics.map((name, i) => {
      const from = numbersOfStatistic * i;
      return [
        name,
        ...all.slice(from, from + numbersOfStatistic),
      ] as StatisticRow;
    }),
    cohorts: cohorts.map((name, i) => {
      const from = firstOfCohorts + numbersOfCohort * i;
      const [value, pValue, adjustedPValue] = all.slice(
        from,
        from + numbersOfCohort,
      );
      const [referenceCount, currentCount, place] = counts.slice(
        countsOfCohort * i,
        countsOfCohort * (i + 1),
      );
      const [, , , failLimit, bound, sampleCount, needed] = kinds[place!];
      return [
        name,
        value,
        failLimit,
        pValue,
        adjustedPValue,
        referenceCount,
        currentCount,
        place!,
        bound,
        sampleCount === true ? currentCount : sampleCount,
        needed,
      ];
    }),
    kinds: kinds.map(([status, reason, unit]) => [status, reason, unit]),
  };
}

/** Reads what {@link answerText} wrote, and whole answers as earlier versions wrote them. */
export function answerOf(text: string): MonitorAnswer {
  const read: MonitorAnswer | Stored = JSON.parse(text);
  if ('packed' in read) {
    const { packed, ...rest } = read;
    return answerFrom(rest, shortOf(packed));
  }
  if (!('short' in read)) return read;
  const { short, ...rest } = read;
  return answerFrom(rest, short);
}

function answerFrom(
  rest: Omit<MonitorAnswer, 'cohorts' | 'statistics'>,
  short: Short,
): MonitorAnswer {
  const { windowStartMs, windowEndMs } = rest.verdict.facts;
  return {
    ...rest,
    statistics: short.statistics.map(
      ([statistic, value, warnLimit, failLimit, pValue]): Told => ({
        statistic,
        value,
        warnLimit,
        failLimit,
        pValue,
      }),
    ),
    cohorts: short.cohorts.map((row): CohortAnswer => {
      const [cohort, value, failLimit, pValue, adjustedPValue] = row;
      const [, , , , , referenceCount, currentCount, kind] = row;
      const [bound, sampleCount, sampleCountNeeded] = row.slice(8) as (
        | number
        | null
      )[];
      const [status, reason, unit] = short.kinds[kind];
      return {
        cohort,
        value,
        failLimit,
        pValue,
        adjustedPValue,
        referenceCount,
        currentCount,
        verdict: {
          status,
          reason,
          facts: {
            ...(bound === null ? {} : { bound }),
            comparator: 'below',
            unit,
            windowStartMs,
            windowEndMs,
            ...(value === null ? {} : { value }),
            ...(sampleCount === null ? {} : { sampleCount }),
            ...(sampleCountNeeded === null ? {} : { sampleCountNeeded }),
          },
        },
      };
    }),
  };
}
