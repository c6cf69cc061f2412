/** One sample. `value` may be NaN or infinite: what that means is for the caller to judge. @public */
export interface EngineSample {
  readonly atMs: number;
  readonly value: number;
}

/** A series by its labels, in the order of time. @public */
export interface EngineSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly EngineSample[];
}

/** What an engine answered. An empty list of series is an answer: nothing matched. @public */
export interface EngineAnswer {
  /** `scalar` has one series without labels. */
  readonly type: 'vector' | 'scalar' | 'matrix';
  readonly series: readonly EngineSeries[];
  /** What was asked, for the envelope. */
  readonly asked: string;
}

/** Asks a Prometheus-compatible engine: Prometheus, VictoriaMetrics, Mimir, Thanos. @public */
export interface MetricsEngine {
  /** The value of an expression at a moment. */
  instant(question: {
    readonly query: string;
    readonly atMs: number;
    readonly signal: AbortSignal;
  }): Promise<EngineAnswer>;
  /** Its values from `startMs` to `endMs`, both included, every `stepMs`. Engines answer at most 11,000 steps. */
  range(question: {
    readonly query: string;
    readonly startMs: number;
    readonly endMs: number;
    readonly stepMs: number;
    readonly signal: AbortSignal;
  }): Promise<EngineAnswer>;
}
