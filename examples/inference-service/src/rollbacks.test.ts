import { createHmac } from 'node:crypto';
import {
  carefulVersion,
  DEFAULT_TRAINING,
  makeModels,
  PLAIN_WORK,
} from '@ai-assurance/example-digit-reader';
import { deploymentOf } from './deployment';
import { LiveVersion, ServedVersion, Switch } from './liveVersion';
import { Rollbacks } from './rollbacks';

const nowMs = 1_763_816_400_000;
const secret = 'a-secret-of-the-tests';

const served = (version: string) =>
  ({
    version,
    digest: `sha256:${version.repeat(64)}`,
    work: PLAIN_WORK,
  } as ServedVersion);

function open() {
  const switches: Switch[] = [];
  const live = new LiveVersion([served('1'), served('3')], {
    nowMs: () => nowMs,
    onSwitch: change => switches.push(change),
  });
  return {
    live,
    switches,
    rollbacks: new Rollbacks(live, { secret, nowMs: () => nowMs }),
  };
}

function order(
  body: object | string,
  change: { stampMs?: number; secret?: string; key?: string } = {},
) {
  const bytes = Buffer.from(
    typeof body === 'string' ? body : JSON.stringify(body),
  );
  const stamp = String((change.stampMs ?? nowMs) / 1000);
  const signature = createHmac('sha256', change.secret ?? secret)
    .update(`${stamp}.`)
    .update(bytes)
    .digest('hex');
  return [
    bytes,
    {
      'idempotency-key': change.key ?? 'ord_1',
      'x-ai-assurance-timestamp': stamp,
      'x-ai-assurance-signature': `sha256=${signature}`,
    },
  ] as const;
}

const back = { fromVersion: '3', toVersion: '1' };

describe('the version that is live', () => {
  it('follows the scenario, and does not bring back by itself what was taken back', () => {
    const { live, switches } = open();
    live.follow('3');
    expect(live.current.version).toBe('3');
    live.switchTo('1', 'rollback');
    live.follow('3');
    expect(live.current.version).toBe('1');
    live.follow('1');
    live.follow('3');
    expect(live.current.version).toBe('3');
    expect(switches.map(({ to, cause }) => [to.version, cause])).toEqual([
      ['3', 'release'],
      ['1', 'rollback'],
      ['3', 'release'],
    ]);
  });

  it('stays where it is when the scenario names none that is loaded', () => {
    const { live } = open();
    live.follow('2');
    expect(live.current.version).toBe('1');
  });
});

describe('an order to roll back', () => {
  it('is carried out once, however often it comes', () => {
    const { live, rollbacks, switches } = open();
    live.switchTo('3', 'release');
    const done = { status: 200, body: { live: '1' } };
    expect(rollbacks.take(...order(back))).toEqual(done);
    live.switchTo('3', 'release');
    expect(rollbacks.take(...order(back))).toEqual(done);
    expect(live.current.version).toBe('3');
    expect(switches).toHaveLength(3);
  });

  it.each([
    [
      'not signed with the secret',
      order(back, { secret: 'another-secret-here' }),
      401,
    ],
    ['too old', order(back, { stampMs: nowMs - 400_000 }), 401],
    ['no JSON', order('{'), 400],
    [
      'about a version that is not live',
      order({ ...back, fromVersion: '2' }),
      409,
    ],
    [
      'for a version that is not there',
      order({ ...back, toVersion: '9' }),
      404,
    ],
  ])('that is %s is refused', (_, given, status) => {
    const { live, rollbacks } = open();
    live.switchTo('3', 'release');
    expect(rollbacks.take(...given).status).toBe(status);
    expect(live.current.version).toBe('3');
  });
});

describe('version 3', () => {
  it('is another file with the same weights, the same each time, and asks for more work', () => {
    const { versions } = makeModels(
      { ...DEFAULT_TRAINING, epochs: 1, hiddenUnits: 8 },
      0,
    );
    const { version, work } = carefulVersion(versions[0]);
    expect(version.version).toBe('3');
    expect(version.digest === versions[0].digest).toBe(false);
    expect(carefulVersion(versions[0]).version.digest).toBe(version.digest);
    expect(work).toEqual({
      repeats: 2,
      atLeastMs: 200,
      captureScale: 24,
      denoisePasses: 4,
    });
  });
});

describe('a deployment', () => {
  it('says from which version to which, and why', () => {
    const item = deploymentOf({
      from: served('3'),
      to: served('1'),
      cause: 'rollback',
      atMs: nowMs,
    }) as { subject: string; data: { payload: object } };
    expect(item.subject).toBe('component:default/digit-api');
    expect(item.data.payload).toMatchObject({
      version: '1',
      fromVersion: '3',
      cause: 'rollback',
      outcome: 'succeeded',
      trafficRatio: 1,
    });
  });
});
