import { subjectKindOf } from './subjects';

it.each([
  ['Component', 'ai-service', 'ai-service'],
  ['component', 'AI-Service', 'ai-service'],
  ['Resource', 'ai-model', 'ai-model'],
  ['Resource', 'edge-model', 'edge-model'],
  ['Resource', 'device-cohort', 'device-cohort'],
  ['Component', 'ai-model', undefined],
  ['Resource', 'database', undefined],
  ['API', 'ai-service', undefined],
])('%s of type %s is %s', (kind, type, subject) => {
  expect(subjectKindOf({ kind, spec: { type } })).toBe(subject);
});

it('an entity without a type is no subject', () => {
  expect(subjectKindOf({ kind: 'Component' })).toBe(undefined);
});
