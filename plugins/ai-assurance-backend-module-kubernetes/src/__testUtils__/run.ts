import { AnyCollectedFact } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { mockServices } from '@backstage/backend-test-utils';
import { JsonValue } from '@backstage/types';
import { createKubernetesClient } from '../client';
import { createKubernetesCollector, KubernetesSettings } from '../collector';

/** One run of the collector against a Kubernetes plugin, real or not. `facts` holds what came before a throw, too. */
export async function runCollector(options: {
  baseUrl: string;
  annotations: Record<string, string>;
  entityRef?: string;
  memory?: JsonValue;
  maxFacts?: number;
  nowMs?: number;
  settings?: Partial<KubernetesSettings>;
  facts?: AnyCollectedFact[];
}): Promise<{ facts: AnyCollectedFact[]; memory: JsonValue | undefined }> {
  const collector = createKubernetesCollector(
    createKubernetesClient({
      auth: mockServices.auth({ pluginId: 'ai-assurance' }),
      discovery: mockServices.discovery.mock({
        getBaseUrl: async () => options.baseUrl,
      }),
      timeoutMs: 10_000,
      maxBytes: 10_000_000,
    }),
    {
      resources: ['inference-services', 'rollouts'],
      maxObjects: 100,
      environments: {},
      ...options.settings,
    },
  );
  let memory = options.memory;
  const facts = options.facts ?? [];
  for await (const fact of collector.collect({
    subject: {
      entityRef: options.entityRef ?? 'component:default/digit-api',
      kind: 'ai-service',
      annotations: options.annotations,
      spec: {},
    },
    nowMs: options.nowMs ?? Date.parse('2026-11-22T13:00:30Z'),
    lastSuccessMs: undefined,
    signal: new AbortController().signal,
    maxFacts: options.maxFacts ?? 100,
    memory: {
      read: () => options.memory,
      write: value => {
        memory = value;
      },
    },
    logger: mockServices.logger.mock(),
  }))
    facts.push(fact);
  return { facts, memory };
}
