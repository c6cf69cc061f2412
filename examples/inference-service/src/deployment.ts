import {
  explainRefusal,
  portalHeaders,
  PortalSettings,
} from '@ai-assurance/example-digit-reader';
import { setTimeout as rest } from 'node:timers/promises';
import type { Switch } from './liveVersion';
import { SERVICE } from './serviceMetrics';

const COLLECTOR = { id: 'examples.inference-service', version: '0.1.0' };
const TRIES = 5;

const instant = (ms: number) => new Date(ms).toISOString();

/** The evidence that another version took the traffic, as a deployment pipeline would state it. */
export function deploymentOf({ from, to, cause, atMs }: Switch): object {
  const deploymentId = `digit-api-${to.version}-${atMs}`;
  return {
    specversion: '1.0',
    id: `deployment:${deploymentId}`,
    source: '/examples/inference-service',
    type: 'io.ai-assurance.deployment.v1',
    subject: SERVICE,
    time: instant(atMs),
    datacontenttype: 'application/json',
    data: {
      envelope: {
        sourceSystem: 'digit-api',
        collector: COLLECTOR,
        subjectVersion: to.version,
        subjectDigest: to.digest,
        collectedAt: instant(atMs),
      },
      payload: {
        deploymentId,
        environment: 'demo',
        version: to.version,
        digest: to.digest,
        fromVersion: from.version,
        fromDigest: from.digest,
        cause,
        outcome: 'succeeded',
        changeId: null,
        commit: null,
        releaseId: null,
        trafficRatio: 1,
        startedAt: instant(atMs),
        finishedAt: instant(atMs),
      },
    },
  };
}

/** Tells the portal of a deployment; after some tries it gives up and says so. Safe to repeat. Never throws. */
export async function tellDeployment(
  change: Switch,
  settings: PortalSettings,
  say: (line: string) => void,
): Promise<void> {
  const body = JSON.stringify([deploymentOf(change)]);
  let why = '';
  for (let turn = 0; turn < TRIES; turn += 1) {
    try {
      const answer = await fetch(`${settings.url}/evidence`, {
        method: 'POST',
        headers: {
          ...portalHeaders(settings),
          'content-type': 'application/cloudevents-batch+json; charset=utf-8',
        },
        body,
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.ok) return;
      why = explainRefusal(answer.status, await answer.text());
    } catch (error) {
      why = explainRefusal(undefined, String(error));
    }
    await rest(1_000 * 2 ** turn, undefined, { ref: false });
  }
  say(`The portal was not told of the deployment: ${why}`);
}
