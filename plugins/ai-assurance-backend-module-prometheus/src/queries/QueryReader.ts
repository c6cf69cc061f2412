import {
  AnyCollectedFact,
  CollectContext,
  MetricsEngine,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { QueryTemplate } from '../promql/QueryTemplate';

/** A query of the config that was read and found good. */
export interface QueryReader {
  templates: QueryTemplate[];
  collect(
    engine: MetricsEngine,
    context: CollectContext,
  ): AsyncIterable<AnyCollectedFact>;
}
