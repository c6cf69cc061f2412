import { selectionOf } from './selection';

const service = 'ai-assurance.io/inference-service';
const rollout = 'ai-assurance.io/argo-rollout';
const id = 'backstage.io/kubernetes-id';
const selector = 'backstage.io/kubernetes-label-selector';
const namespace = 'backstage.io/kubernetes-namespace';
const cluster = 'backstage.io/kubernetes-cluster';

describe('where the objects of a subject are looked for', () => {
  it.each<[string, Record<string, string>, unknown]>([
    [
      'by the label that Backstage uses',
      { [id]: 'digit-api' },
      {
        cluster: undefined,
        named: [],
        labelSelector: 'backstage.io/kubernetes-id=digit-api',
        namespace: undefined,
      },
    ],
    [
      'by a selector instead, in one cluster and namespace',
      {
        [id]: 'x',
        [selector]: 'app=a,tier in (b)',
        [namespace]: 'vision',
        [cluster]: 'eu',
      },
      {
        cluster: 'eu',
        named: [],
        labelSelector: 'app=a,tier in (b)',
        namespace: 'vision',
      },
    ],
    [
      'by name, and then by nothing else',
      {
        [id]: 'x',
        [service]: 'digits, other/more',
        [rollout]: 'digit-api',
        [namespace]: 'vision',
      },
      {
        cluster: undefined,
        named: [
          {
            resource: 'inference-services',
            namespace: 'vision',
            name: 'digits',
          },
          { resource: 'inference-services', namespace: 'other', name: 'more' },
          { resource: 'rollouts', namespace: 'vision', name: 'digit-api' },
        ],
        labelSelector: undefined,
        namespace: 'vision',
      },
    ],
  ])('%s', (_, annotations, selection) => {
    expect(selectionOf(annotations)).toEqual({ ok: true, selection });
  });

  it('is nowhere without an annotation of what it is', () => {
    expect(selectionOf({ [namespace]: 'vision', [cluster]: 'eu' })).toBe(
      undefined,
    );
  });

  it.each<[Record<string, string>, string]>([
    [{ [service]: 'digits' }, service],
    [{ [service]: '../secrets/x', [namespace]: 'vision' }, service],
    [{ [service]: 'a/b/c' }, service],
    [{ [service]: '' }, service],
    [{ [rollout]: 'Vision/Digits' }, rollout],
    [{ [rollout]: Array(21).fill('v/a').join(',') }, rollout],
    [{ [id]: 'a,b=c' }, id],
    [{ [id]: '' }, id],
    [{ [selector]: ' ' }, selector],
    [{ [id]: 'x', [namespace]: 'a/b' }, namespace],
    [{ [id]: 'x', [cluster]: '' }, cluster],
  ])('refuses %p and names the annotation', (annotations, annotation) => {
    const reading = selectionOf(annotations);
    expect(reading && !reading.ok && reading.problem.split(':')[0]).toBe(
      annotation,
    );
  });
});
