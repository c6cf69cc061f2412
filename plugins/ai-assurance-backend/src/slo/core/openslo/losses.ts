import { OpenSloLoss } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { isEntityRef } from './compile';
import { ResolvedSlo } from './resolve';
import { AnyDocument } from './schema';

const mostLosses = 100;

function used(slos: ResolvedSlo[]) {
  const indicators = new Set<string>();
  const policies = new Set<string>();
  const sources = new Set<string>();
  for (const { slo, objectives, policies: own } of slos) {
    for (const ref of [
      slo.spec.indicatorRef,
      ...slo.spec.objectives.map(one => one.indicatorRef),
    ])
      if (ref) indicators.add(ref);
    for (const policy of own) policies.add(policy.name);
    for (const { resolved } of objectives) {
      const metrics = (() => {
        if (resolved.kind === 'threshold') return [resolved.metric];
        if (resolved.kind === 'raw') return [resolved.raw];
        return [resolved.good, resolved.bad, resolved.total];
      })();
      for (const metric of metrics)
        if (metric?.reference) sources.add(metric.reference);
    }
  }
  return { indicators, policies, sources };
}

/**
 * What the documents say that the engine neither uses nor keeps, so that an export cannot give it back: said, so that
 * nobody relies on it. `slos` are those whose references could be followed.
 */
export function lossesOf(
  documents: AnyDocument[],
  slos: ResolvedSlo[],
): OpenSloLoss[] {
  const lost: OpenSloLoss[] = [];
  const uses = used(slos);
  for (const document of documents) {
    const { kind, metadata } = document;
    const say = (field: string, text: string) =>
      lost.push({ at: `${kind}/${metadata.name}: ${field}`, lost: text });
    for (const field of ['labels', 'annotations'] as const) {
      if (metadata[field] && Object.keys(metadata[field]).length > 0)
        say(`metadata.${field}`, 'are not kept');
    }
    switch (document.kind) {
      case 'SLI':
        if (!uses.indicators.has(metadata.name))
          say('spec', 'no SLO measures it');
        else if (metadata.displayName || document.spec.description)
          say('metadata', 'its names and description; SLOs hold it in place');
        break;
      case 'DataSource':
        if (document.spec.connectionDetails !== undefined)
          say(
            'spec.connectionDetails',
            'are neither read nor kept: where engines are and how to reach them is said by aiAssurance.slo.engines',
          );
        if (!uses.sources.has(metadata.name))
          say('spec', 'no SLO measures by it');
        break;
      case 'Service':
        say(
          'spec',
          'services are entities of the catalog; SLOs keep the name alone',
        );
        break;
      case 'AlertPolicy':
        if (!uses.policies.has(metadata.name))
          say('spec', 'no SLO has it as its policy');
        break;
      case 'AlertNotificationTarget':
        if (!isEntityRef(document.spec.target))
          say(
            'spec.target',
            `${document.spec.target} cannot be reached from Backstage; the owner is notified. Name a group or a user, for example group:default/on-call`,
          );
        break;
      case 'SLO': {
        const inline = [
          document.spec.indicator,
          ...document.spec.objectives.map(one => one.indicator),
        ];
        if (inline.some(one => one?.metadata || one?.spec.description))
          say('spec.indicator', 'its names and description');
        const own = slos.find(one => one.slo === document);
        for (const policy of own?.policies ?? []) {
          if (!policy.alertWhenBreaching)
            say(
              `spec.alertPolicies: ${policy.name}`,
              'does not alert when breaching, so its condition is not watched; a lost signal always alerts',
            );
          const unreachable = policy.targets.filter(one => !isEntityRef(one));
          if (unreachable.length > 0)
            say(
              `spec.alertPolicies: ${policy.name}`,
              `its targets ${unreachable.join(', ')}: the owner is notified`,
            );
        }
        break;
      }
      default:
        break;
    }
  }
  return lost.slice(0, mostLosses);
}
