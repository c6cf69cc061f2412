/** Why a point was refused. Closed: each has its words below and is counted apart in the intake. */
export const REFUSALS = {
  'no-subject':
    'the resource names no subject; set the resource attribute ai_assurance.subject to an entity ref',
  'unknown-subject': 'the subject is no AI service or model of the catalog',
  'bad-version':
    'ai_assurance.model.version must be a label of letters, digits and . _ : / + -, at most 100 long',
  'bad-digest':
    'ai_assurance.model.digest must be sha256: and 64 lower-case hexadecimal digits',
  'bad-class':
    'ai_assurance.class must be a label of letters, digits and . _ : / + -, at most 100 long',
  'bad-name':
    'the metric name must begin with a letter and have at most 255 letters, digits and . _ - /',
  'bad-unit': 'durations must be in seconds',
  'no-temporality':
    'the temporality is neither delta nor cumulative; set it as the SDK does',
  'overlapping-stream':
    'an older stream counts on under the same attributes; give each process a service.instance.id of its own',
  'too-many-streams':
    'this metric of the subject has too many cumulative streams; send delta temporality (OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta)',
  'no-evaluation':
    'of log records only the event gen_ai.evaluation.result is read',
  'bad-evaluation': 'the evaluation event cannot be read',
  'broken-evaluation':
    'the evaluation itself failed (error.type), so that it says nothing',
  'too-many-metrics':
    'more than 500 metrics of evaluations in one request; send smaller batches',
  'evidence-refused': 'the evidence was not taken',
  'bad-start': 'the interval starts after it ends',
  'not-allowed':
    'the token may not push about this subject; list it in aiAssurance.machines',
  'summary-unsupported': 'summaries cannot be merged; send a histogram',
  'bad-weight':
    'ai_assurance.sampling.weight must be a number from 1 to 1000000, or sampling.threshold up to 14 hexadecimal digits; a sum that is not monotonic has none',
  'no-value':
    'the sender says that it recorded no value (no-recorded-value flag)',
  'no-data-kind': 'the metric holds no sum, gauge or histogram',
  'no-time': 'the point has no time',
  'clock-ahead': 'the time lies too far ahead of the server’s clock',
  'too-old': 'the time lies before the retention of telemetry',
  'not-finite':
    'a number is missing, not finite, negative where it counts, or too large',
  'bucket-mismatch':
    'the buckets do not add up to the count, or do not fit their boundaries',
  'zero-threshold': 'a zero threshold above 1e-12 is not supported',
} as const;

export type RefusalReason = keyof typeof REFUSALS;

/** Counts refusals and remembers the first example of each reason. */
export class RefusalCounter {
  readonly #byReason = new Map<
    RefusalReason,
    { count: number; example: string }
  >();

  add(reason: RefusalReason, count: number, example: string): void {
    const known = this.#byReason.get(reason);
    if (known) known.count += count;
    else this.#byReason.set(reason, { count, example });
  }

  /** One that counts on by itself. */
  copy(): RefusalCounter {
    const copy = new RefusalCounter();
    for (const [reason, { count, example }] of this.#byReason)
      copy.add(reason, count, example);
    return copy;
  }

  get total(): number {
    return [...this.#byReason.values()].reduce(
      (sum, { count }) => sum + count,
      0,
    );
  }

  counts(): { reason: RefusalReason; count: number }[] {
    return [...this.#byReason].map(([reason, { count }]) => ({
      reason,
      count,
    }));
  }

  /** For the sender: the first three reasons with counts and an example each. Empty when nothing was refused. */
  message(pointCount: number, what: string = 'points'): string {
    if (this.#byReason.size === 0) return '';
    const shown = [...this.#byReason]
      .slice(0, 3)
      .map(
        ([reason, { count, example }]) =>
          `${count} × ${reason}: ${REFUSALS[reason]} (first: ${example})`,
      );
    const rest = this.#byReason.size - shown.length;
    return `${this.total} of ${pointCount} ${what} refused. ${shown.join(
      '; ',
    )}${
      rest > 0 ? `; and ${rest} more ${rest === 1 ? 'reason' : 'reasons'}` : ''
    }`;
  }
}

/** Text of a stranger, fit to be repeated in a message: printable and short. */
export function quoted(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return `"${
    printable.length > 80 ? `${printable.slice(0, 80)}…` : printable
  }"`;
}
