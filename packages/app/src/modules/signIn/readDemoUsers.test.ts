import { mockApis } from '@backstage/frontend-test-utils';
import { readDemoUsers } from './readDemoUsers';

const mira = {
  entityRef: 'user:default/mira',
  name: 'Mira Solberg',
  role: 'Proposes releases.',
};
const read = (demo: object) =>
  readDemoUsers(
    mockApis.config({ data: { auth: { providers: { demo: demo as any } } } }),
  );

describe('readDemoUsers', () => {
  it('finds the users of an enabled demo', () => {
    expect(read({ enabled: true, users: [mira] })).toEqual([mira]);
  });

  it('finds nothing where the demo is off or absent, so that sign-in is the ordinary one', () => {
    expect(read({ enabled: false, users: [mira] })).toBe(undefined);
    expect(read({ users: [mira] })).toBe(undefined);
    expect(readDemoUsers(mockApis.config({ data: {} }))).toBe(undefined);
  });
});
