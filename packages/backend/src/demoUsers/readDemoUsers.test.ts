import { ConfigReader } from '@backstage/config';
import { readDemoUsers } from './readDemoUsers';

const users = [{ entityRef: 'User:default/Mira', name: 'Mira Solberg' }];
const config = (demo: object) =>
  new ConfigReader({ auth: { providers: { demo: demo as any } } });

describe('readDemoUsers', () => {
  it.each([undefined, 'development', 'production', 'test'])(
    'finds none when nothing is configured (NODE_ENV %s)',
    environment => {
      expect(readDemoUsers(new ConfigReader({}), environment)).toBeUndefined();
      expect(readDemoUsers(config({ users }), environment)).toBeUndefined();
      expect(
        readDemoUsers(
          config({
            enabled: false,
            dangerouslyAllowOutsideDevelopment: true,
            users,
          }),
          environment,
        ),
      ).toBeUndefined();
    },
  );

  it('reads them in development', () => {
    expect(
      readDemoUsers(config({ enabled: true, users }), 'development'),
    ).toEqual({
      users: [{ entityRef: 'user:default/mira', name: 'Mira Solberg' }],
      outsideDevelopment: false,
    });
  });

  it.each([undefined, 'production', 'test'])(
    'refuses to start with them when NODE_ENV is %s',
    environment => {
      expect(() =>
        readDemoUsers(config({ enabled: true, users }), environment),
      ).toThrow('Demo users sign in without a password');
    },
  );

  it('reads them outside development when that is asked for by its dangerous name', () => {
    expect(
      readDemoUsers(
        config({
          enabled: true,
          dangerouslyAllowOutsideDevelopment: true,
          users,
        }),
        'production',
      ),
    ).toEqual({
      users: [{ entityRef: 'user:default/mira', name: 'Mira Solberg' }],
      outsideDevelopment: true,
    });
  });

  it.each(['mira', 'user:mira', 'group:default/vision-team'])(
    'refuses %s as demo user',
    entityRef => {
      expect(() =>
        readDemoUsers(
          config({ enabled: true, users: [{ entityRef, name: 'Mira' }] }),
          'development',
        ),
      ).toThrow('auth.providers.demo.users[0].entityRef');
    },
  );
});
