import {
  AnyCollectedFact,
  CollectContext,
  MetricsEngine,
  QueryTemplate,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';

/** A query of the config that was read and found good. */
export interface QueryReader {
  templates: QueryTemplate[];
  collect(
    engine: MetricsEngine,
    context: CollectContext,
  ): AsyncIterable<AnyCollectedFact>;
}
