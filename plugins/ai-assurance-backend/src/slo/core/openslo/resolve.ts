import { OpenSloKind } from './parts';
import { ReadDocument } from './read';
import {
  AlertPolicyDocument,
  AnyDocument,
  Condition,
  DataSourceDocument,
  IndicatorSpec,
  MetricSource,
  SliDocument,
  SloDocument,
} from './schema';

/** A source with its DataSource, where it names one. */
export interface ResolvedSource {
  type: string;
  spec: Record<string, unknown>;
  /** Name of the DataSource, whether it is among the documents or not. */
  reference: string | undefined;
  dataSource: DataSourceDocument | undefined;
}

export type ResolvedIndicator = { name: string | undefined } & (
  | { kind: 'threshold'; metric: ResolvedSource }
  | {
      kind: 'ratio';
      counter: boolean;
      good: ResolvedSource | undefined;
      bad: ResolvedSource | undefined;
      total: ResolvedSource;
    }
  | { kind: 'raw'; rawType: 'success' | 'failure'; raw: ResolvedSource }
);

export interface ResolvedPolicy {
  name: string;
  alertWhenNoData: boolean;
  alertWhenResolved: boolean;
  alertWhenBreaching: boolean;
  condition: Condition;
  targets: string[];
}

type Objective = SloDocument['spec']['objectives'][number];

export interface ResolvedSlo {
  document: ReadDocument;
  slo: SloDocument;
  objectives: (Objective & { resolved: ResolvedIndicator })[];
  policies: ResolvedPolicy[];
}

/** What a reference points at within the set of documents. */
class Names {
  readonly #byKind = new Map<string, ReadDocument>();
  readonly problems: string[] = [];

  constructor(documents: ReadDocument[]) {
    for (const document of documents) {
      const { kind, metadata } = document.value;
      const key = `${kind}/${metadata.name}`;
      if (this.#byKind.has(key)) {
        this.problems.push(
          `${document.at(['metadata', 'name'])}: ${
            metadata.name
          } is used by an earlier document`,
        );
      } else {
        this.#byKind.set(key, document);
      }
    }
  }

  isFirst(document: ReadDocument): boolean {
    const { kind, metadata } = document.value;
    return this.#byKind.get(`${kind}/${metadata.name}`) === document;
  }

  find<T extends AnyDocument>(kind: OpenSloKind, name: string): T | undefined {
    return this.#byKind.get(`${kind}/${name}`)?.value as T | undefined;
  }
}

/** Resolves one SLO and gathers what is wrong with it. */
class Resolver {
  readonly #names: Names;
  readonly #document: ReadDocument;
  readonly problems: string[] = [];

  constructor(names: Names, document: ReadDocument) {
    this.#names = names;
    this.#document = document;
  }

  slo(slo: SloDocument): Partial<ResolvedSlo> {
    const { spec } = slo;
    return {
      document: this.#document,
      slo,
      objectives: spec.objectives.flatMap((objective, index) => {
        const at = ['spec', 'objectives', index];
        const own = objective.indicator ?? objective.indicatorRef;
        const resolved = own
          ? this.#indicator(objective, at, objective, at)
          : this.#indicator(spec, ['spec'], objective, at);
        return resolved ? [{ ...objective, resolved }] : [];
      }),
      policies: (spec.alertPolicies ?? []).flatMap((policy, index) => {
        const at = ['spec', 'alertPolicies', index];
        const found =
          'alertPolicyRef' in policy
            ? this.#named<AlertPolicyDocument>(
                'AlertPolicy',
                policy.alertPolicyRef,
                [...at, 'alertPolicyRef'],
              )
            : policy;
        return found ? this.#policy(found, at) : [];
      }),
    };
  }

  #indicator(
    holder: {
      indicator?: { metadata?: { name: string }; spec: IndicatorSpec };
      indicatorRef?: string;
    },
    path: PropertyKey[],
    objective: Objective,
    objectivePath: PropertyKey[],
  ): ResolvedIndicator | undefined {
    if (holder.indicatorRef === undefined) {
      const { metadata, spec } = holder.indicator!;
      return this.#sources(spec, metadata?.name, [...path, 'indicator']);
    }
    const at = [...path, 'indicatorRef'];
    const sli = this.#named<SliDocument>('SLI', holder.indicatorRef, at);
    if (!sli) return undefined;
    // The schema has seen indicators in place only; what an objective needs depends on what it measures.
    if (sli.spec.thresholdMetric) {
      for (const field of ['op', 'value'] as const) {
        if (objective[field] === undefined)
          this.#problem(objectivePath, `needs ${field} for a thresholdMetric`);
      }
    } else if (objective.value !== undefined) {
      this.#problem(
        [...objectivePath, 'value'],
        'is for a thresholdMetric; a ratioMetric has none',
      );
    }
    return this.#sources(sli.spec, sli.metadata.name, at);
  }

  #sources(
    spec: IndicatorSpec,
    name: string | undefined,
    at: PropertyKey[],
  ): ResolvedIndicator | undefined {
    const source = (metric: { metricSource: MetricSource } | undefined) =>
      metric && this.#source(metric.metricSource, at);
    if (spec.thresholdMetric) {
      const metric = source(spec.thresholdMetric);
      return metric && { name, kind: 'threshold', metric };
    }
    const ratio = spec.ratioMetric!;
    if (ratio.raw) {
      const raw = source(ratio.raw);
      return raw && { name, kind: 'raw', rawType: ratio.rawType!, raw };
    }
    const total = source(ratio.total);
    const good = source(ratio.good);
    const bad = source(ratio.bad);
    if (!total || (!good && !bad)) return undefined;
    return {
      name,
      kind: 'ratio',
      counter: ratio.counter ?? false,
      good,
      bad,
      total,
    };
  }

  #source(source: MetricSource, at: PropertyKey[]): ResolvedSource | undefined {
    const dataSource =
      source.metricSourceRef === undefined
        ? undefined
        : this.#names.find<DataSourceDocument>(
            'DataSource',
            source.metricSourceRef,
          );
    // A reference beside a type may name a source that only the other system knows; without a type it must be here.
    if (source.type === undefined && dataSource === undefined) {
      this.#problem(
        at,
        `names the DataSource ${source.metricSourceRef}, which is not among the documents`,
      );
      return undefined;
    }
    const type = source.type ?? dataSource!.spec.type;
    if (
      dataSource &&
      dataSource.spec.type.toLocaleLowerCase('en-US') !==
        type.toLocaleLowerCase('en-US')
    ) {
      this.#problem(
        at,
        `says its source is ${type}, but the DataSource ${dataSource.metadata.name} is ${dataSource.spec.type}`,
      );
      return undefined;
    }
    return {
      type,
      spec: source.spec ?? {},
      reference: source.metricSourceRef,
      dataSource,
    };
  }

  #policy(
    policy: {
      metadata: { name: string };
      spec: AlertPolicyDocument['spec'];
    },
    at: PropertyKey[],
  ): ResolvedPolicy[] {
    const { spec, metadata } = policy;
    const [first] = spec.conditions;
    const condition =
      'conditionRef' in first
        ? this.#named<Extract<AnyDocument, { kind: 'AlertCondition' }>>(
            'AlertCondition',
            first.conditionRef,
            at,
          )
        : first;
    const targets = spec.notificationTargets.flatMap(target => {
      const found =
        'targetRef' in target
          ? this.#named<
              Extract<AnyDocument, { kind: 'AlertNotificationTarget' }>
            >('AlertNotificationTarget', target.targetRef, at)
          : target;
      return found ? [found.spec.target] : [];
    });
    if (!condition) return [];
    return [
      {
        name: metadata.name,
        alertWhenNoData: spec.alertWhenNoData ?? false,
        alertWhenResolved: spec.alertWhenResolved ?? false,
        alertWhenBreaching: spec.alertWhenBreaching ?? false,
        condition: {
          ...condition.spec.condition,
          severity: condition.spec.severity,
        },
        targets,
      },
    ];
  }

  #named<T extends AnyDocument>(
    kind: OpenSloKind,
    name: string,
    at: PropertyKey[],
  ): T | undefined {
    const found = this.#names.find<T>(kind, name);
    if (!found)
      this.#problem(
        at,
        `names the ${kind} ${name}, which is not among the documents`,
      );
    return found;
  }

  #problem(path: PropertyKey[], why: string): void {
    this.problems.push(`${this.#document.at(path)}: ${why}`);
  }
}

/**
 * Follows every reference among the documents: indicators, data sources, alert policies, their conditions and targets. An
 * SLO with a reference that leads nowhere is left out and said; so is the second document of a name.
 */
export function resolveOpenSlo(documents: ReadDocument[]): {
  slos: ResolvedSlo[];
  problems: string[];
} {
  const names = new Names(documents);
  const problems = [...names.problems];
  const slos: ResolvedSlo[] = [];
  for (const document of documents) {
    if (document.value.kind !== 'SLO' || !names.isFirst(document)) continue;
    const resolver = new Resolver(names, document);
    const resolved = resolver.slo(document.value);
    problems.push(...resolver.problems);
    if (resolver.problems.length === 0) slos.push(resolved as ResolvedSlo);
  }
  return { slos, problems };
}
