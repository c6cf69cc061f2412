import { SubjectRecord } from '../types';
import { assign, indexSubjects } from './assign';

const subject = (
  entityRef: string,
  kind: SubjectRecord['kind'],
  spec: Record<string, unknown> = {},
): SubjectRecord => ({
  entityRef,
  kind,
  title: entityRef,
  ownerRef: undefined,
  tier: undefined,
  riskTier: undefined,
  annotations: {},
  location: undefined,
  spec,
  relations: {},
});
const cohort = (name: string, selector: unknown) =>
  subject(`resource:default/${name}`, 'device-cohort', { selector });

const lowEnd = cohort('low-end', { 'ai_assurance.device.class': ['low-end'] });
const android = cohort('android-old', {
  'os.name': ['Android'],
  'os.version': ['12', '13'],
});
const forgotten = cohort('a-forgotten', undefined);
const others = cohort('a-others', { 'ai_assurance.device.class': ['low-end'] });
const edge = subject('resource:default/edge', 'edge-model', {
  targetsCohorts: ['low-end', 'resource:default/android-old', 'a-forgotten'],
});
const service = subject('component:default/api', 'ai-service', {
  targetsCohorts: ['low-end'],
});
const index = indexSubjects([
  lowEnd,
  android,
  forgotten,
  others,
  edge,
  service,
]);
const signal = (attributes: Record<string, string>) =>
  assign(index, {
    'ai_assurance.subject': 'resource:default/edge',
    ...attributes,
  });

describe('assigning a signal', () => {
  it.each<[string, Record<string, string>, string | undefined]>([
    [
      'a cohort whose selector matches',
      { 'ai_assurance.device.class': 'low-end' },
      'resource:default/low-end',
    ],
    [
      'a cohort only when every attribute matches',
      { 'os.name': 'Android', 'os.version': '12' },
      'resource:default/android-old',
    ],
    [
      'no cohort when one attribute is missing',
      { 'os.name': 'Android' },
      undefined,
    ],
    [
      'no cohort when a value is not in the list',
      { 'os.name': 'Android', 'os.version': '14' },
      undefined,
    ],
    [
      'the first cohort in entity-ref order when several match',
      {
        'ai_assurance.device.class': 'low-end',
        'os.name': 'Android',
        'os.version': '13',
      },
      'resource:default/android-old',
    ],
    ['no cohort by a selector that was forgotten', {}, undefined],
  ])('finds %s', (_, attributes, cohortRef) => {
    expect(signal(attributes)).toEqual({
      subjectRef: 'resource:default/edge',
      cohortRef,
    });
  });

  it('leaves out cohorts that the model does not target', () => {
    expect(signal({ 'ai_assurance.device.class': 'low-end' })?.cohortRef).toBe(
      'resource:default/low-end',
    );
  });

  it('finds targets by relation as well', () => {
    const related = {
      ...edge,
      spec: {},
      relations: { targetsCohort: ['resource:default/low-end'] },
    };
    const found = assign(indexSubjects([lowEnd, related]), {
      'ai_assurance.subject': 'resource:default/edge',
      'ai_assurance.device.class': 'low-end',
    });
    expect(found?.cohortRef).toBe('resource:default/low-end');
  });

  it('gives a service no cohort', () => {
    expect(
      signal({
        'ai_assurance.subject': 'component:default/api',
        'ai_assurance.device.class': 'low-end',
      }),
    ).toEqual({
      subjectRef: 'component:default/api',
      cohortRef: undefined,
    });
  });

  it.each([
    ['nothing', ''],
    ['a stranger', 'resource:default/stranger'],
    ['a cohort', 'resource:default/low-end'],
  ])('does not know %s as a subject', (_, ref) => {
    expect(signal({ 'ai_assurance.subject': ref })).toBeUndefined();
  });

  it('reads a subject in any case', () => {
    expect(
      signal({ 'ai_assurance.subject': 'Resource:default/Edge' })?.subjectRef,
    ).toBe('resource:default/edge');
  });
});
