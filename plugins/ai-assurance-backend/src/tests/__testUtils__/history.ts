import { Entity } from '@backstage/catalog-model';
import {
  cloudModel,
  digestA,
  digestB,
  edgeModel,
  entities,
  minuteMs,
  service,
} from './house';
import { Portal } from './openPortal';

export const sloUrl = 'https://example.com/latency.yaml';
export const hourMs = 60 * minuteMs;

export function sloDocument(...objectives: string[]): string {
  return `apiVersion: openslo/v1
kind: SLO
metadata:
  name: latency
spec:
  service: digit-api
  indicator:
    metadata:
      name: fast-requests
    spec:
      ratioMetric:
        counter: true
        good:
          metricSource:
            type: ai-assurance
            spec: { metric: http.server.request.duration, thresholdMs: 150 }
        total:
          metricSource:
            type: ai-assurance
            spec: { metric: http.server.request.duration }
  timeWindow:
    - { duration: 1d, isRolling: true }
  budgetingMethod: Occurrences
  objectives:
${objectives.map(line => `    - ${line}`).join('\n')}
`;
}

/** The demo's subjects: the service uses the model in the cloud and promises to be fast. */
export function subjects(): Entity[] {
  return entities().map(entity =>
    entity.kind === 'Component'
      ? {
          ...entity,
          metadata: {
            ...entity.metadata,
            annotations: { 'ai-assurance.io/slo': sloUrl },
          },
          relations: [
            ...(entity.relations ?? []),
            { type: 'usesModel', targetRef: cloudModel },
          ],
        }
      : entity,
  );
}

/** Minutes of a healthy or of a hurting system, up to a moment. */
export async function tellMinutes(
  portal: Portal,
  untilMs: number,
  minutes: number,
  isHurting = false,
) {
  for (let i = minutes; i > 0; i -= 1) {
    const atMs = untilMs - i * minuteMs;
    const on = (deviceClass: string, version: string, digest: string) => ({
      atMs,
      deviceClass,
      version,
      digest,
      subject: edgeModel,
      sessions: isHurting ? { ok: 20, crashed: 10 } : { ok: 40, crashed: 0 },
      confidence: isHurting ? [140, 30, 20, 10] : [10, 20, 30, 140],
    });
    await portal.tell(
      {
        atMs,
        subject: service,
        version: '1',
        digest: digestA,
        requests: isHurting ? [50, 50] : [100, 0],
      },
      on('low-end', '1', digestA),
      on('flagship', isHurting ? '2' : '1', isHurting ? digestB : digestA),
    );
  }
}

export const pathOf = (ref: string, page: string) => {
  const [kind, rest] = ref.split(':');
  return `/subjects/${kind}/${rest}/${page}`;
};
