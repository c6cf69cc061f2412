import { Config, ConfigReader } from '@backstage/config';
import { readRollbackWays } from './settings';

const secret = 'a-secret-of-the-tests';

describe('settings of rollbacks', () => {
  const route = (config: Config, path: string) => {
    if (!config.has('group')) throw new Error(`${path}.group: is missing`);
    return {
      address: 'https://fleet.example/rollouts',
      what: `everything in ${config.getString('group')}`,
      send: async () => ({
        state: 'accepted' as const,
        status: 201,
        code: null,
        reference: null,
      }),
      find: async () => undefined,
    };
  };
  const managers = [{ id: 'fleet', title: 'Fleet', route }];
  const read = (rollback: object, known = managers) =>
    readRollbackWays(
      new ConfigReader({ aiAssurance: { actions: { rollback } } }),
      known,
    );
  const good = { url: 'https://deploy.example/{kind}/{name}', secret };

  it('fill the address with the name of the service, and nothing else with it', () => {
    expect(
      read(good).map(way => [
        way.address('component:default/a'),
        way.reaches('component:default/a'),
      ]),
    ).toEqual([['https://deploy.example/component/a', true]]);
    expect(readRollbackWays(new ConfigReader({}), managers)).toEqual([]);
  });

  const fleet = { manager: 'fleet', subject: 'Component:A', group: 'phones' };

  it('send a service through the manager of its fleet, and the others to the webhook', () => {
    const ways = read({ ...good, fleets: [{ ...fleet, undo: 'Not at all.' }] });
    const wayOf = (subject: string) => ways.find(way => way.reaches(subject))!;
    const own = wayOf('component:default/a');
    expect([own.title, own.what, own.undo, own.address('')]).toEqual([
      'Fleet',
      'everything in phones',
      'Not at all.',
      'https://fleet.example/rollouts',
    ]);
    expect(wayOf('component:default/b').title).toBe(null);
  });

  it('need no webhook beside a fleet', () => {
    const ways = read({ fleets: [fleet], undo: 'Run the pipeline again.' });
    // How the webhook's rollbacks are undone says nothing of a fleet.
    expect(ways[0].undo).toBe(
      'It is undone by rolling the version out again in Fleet; what was stopped there is not set going again.',
    );
    expect(ways.map(way => way.reaches('component:default/b'))).toEqual([
      false,
    ]);
  });

  it.each([
    [
      [{ ...fleet, manager: 'mender' }],
      'aiAssurance.actions.rollback.fleets[0].manager: "mender" is not there. Installed and configured: fleet.',
    ],
    [
      [fleet, { ...fleet, subject: 'component:default/a' }],
      'aiAssurance.actions.rollback.fleets[1].subject: component:default/a has an entry already',
    ],
    [
      [{ ...fleet, subject: 'a' }],
      'aiAssurance.actions.rollback.fleets[0].subject: "a" is no entity ref. It looks like component:default/digit-api',
    ],
    [
      [{ ...fleet, group: undefined }],
      'aiAssurance.actions.rollback.fleets[0].group: is missing',
    ],
    [
      [{ ...fleet, timeoutSeconds: 61 }],
      'aiAssurance.actions.rollback.fleets[0].timeoutSeconds: has to lie between 1 and 60, not 61',
    ],
  ])('refuse the start when a fleet is wrong: %j', (fleets, message) => {
    expect(() => read({ fleets })).toThrow(message);
  });

  it.each([
    [
      { ...good, url: 'deploy.example' },
      'aiAssurance.actions.rollback.url: "deploy.example" is no address. It looks like https://deploy.example.com/rollbacks/{name}',
    ],
    [
      { ...good, url: 'https://deploy.example/{version}' },
      'aiAssurance.actions.rollback.url: {version} is not known; there are {kind}, {namespace} and {name}',
    ],
    [
      { ...good, secret: 'short' },
      'aiAssurance.actions.rollback.secret: has to have 16 characters or more',
    ],
    [
      { ...good, timeoutSeconds: 0 },
      'aiAssurance.actions.rollback.timeoutSeconds: has to lie between 1 and 60, not 0',
    ],
  ])('refuse the start when they are wrong: %j', (settings, message) => {
    expect(() => read(settings)).toThrow(message);
  });
});
