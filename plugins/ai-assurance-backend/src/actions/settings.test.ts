import { ConfigReader } from '@backstage/config';
import { readRollbackSettings, urlFor } from './settings';

const secret = 'a-secret-of-the-tests';

describe('settings of rollbacks', () => {
  const read = (rollback: object) =>
    readRollbackSettings(
      new ConfigReader({ aiAssurance: { actions: { rollback } } }),
    );
  const good = { url: 'https://deploy.example/{kind}/{name}', secret };

  it('fill the address with the name of the service, and nothing else with it', () => {
    expect(urlFor(read(good)!, 'component:default/a')).toBe(
      'https://deploy.example/component/a',
    );
    expect(readRollbackSettings(new ConfigReader({}))).toBe(undefined);
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
