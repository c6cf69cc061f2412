import { ConfigReader } from '@backstage/config';
import { readEngines } from './engines';

describe('the engines of the config', () => {
  const read =
    (engine: object, ...more: object[]) =>
    () =>
      readEngines(
        new ConfigReader({
          aiAssurance: { slo: { engines: [engine, ...more] } as any },
        }),
      );
  const good = { name: 'prod', baseUrl: 'http://localhost:9090' };

  it.each([
    [
      { ...good, name: 'Prod 1' },
      'aiAssurance.slo.engines[0].name: must be a DNS label other than telemetry',
    ],
    [
      { ...good, step: { seconds: 90 } },
      'aiAssurance.slo.engines[0].step: whole minutes that divide an hour',
    ],
    [
      { ...good, timeout: { minutes: 2 } },
      'aiAssurance.slo.engines[0].timeout: at most one minute',
    ],
    [{ ...good, baseUrl: 'x' }, 'aiAssurance.slo.engines[0].baseUrl'],
    [
      { ...good, devices: 'count(up)' },
      'aiAssurance.slo.engines[0].devices: has no ${window}',
    ],
    [
      { ...good, devices: 'count(rate(up[${window}])' },
      'aiAssurance.slo.engines[0].devices: no PromQL',
    ],
  ])('%j is refused by its key', (engine, why) => {
    expect(read(engine)).toThrow(why);
  });

  it('have names of their own', () => {
    expect(read(good, good)).toThrow(
      'aiAssurance.slo.engines: two engines are called prod',
    );
  });
});
