import { encodeGenerated } from './__testUtils__/otlpMessages';
import { decodeJson } from './core/otlp/decodeJson';
import { decodeProtobuf } from './core/otlp/decodeProtobuf';
import { KnownSources } from './KnownSources';

const nowMs = 1_700_000_040_000;
const attribute = (key: string, stringValue: string) => ({
  key,
  value: { stringValue },
});
const requestOf = (...devices: string[]) => ({
  resourceMetrics: devices.map(device => ({
    resource: {
      attributes: [
        attribute('ai_assurance.subject', 'resource:default/reader'),
        attribute('device.id', device),
      ],
    },
    scopeMetrics: [{ scope: { name: 'sdk', version: '1' }, metrics: [] }],
  })),
});

function setUp() {
  const asked: string[] = [];
  const state = { day: 7, cohort: 'resource:default/phones' };
  const known = new KnownSources({
    subjects: {
      assign: async attributes => {
        asked.push(attributes['device.id']);
        return {
          subjectRef: 'resource:default/reader',
          cohortRef: state.cohort,
        };
      },
    },
    salts: {
      deviceHasher: async () => ({
        day: state.day,
        hash: device => ({ day: state.day, hash: device.length }),
      }),
    },
  });
  const place = async (request: object, atMs: number, form = 'protobuf') =>
    (
      await known.place(
        form === 'protobuf'
          ? decodeProtobuf(encodeGenerated(request))
          : decodeJson(Buffer.from(JSON.stringify(request))),
        atMs,
      )
    ).map(({ source, device }) => [
      'refused' in source ? source.refused : source.cohort,
      device,
    ]);
  return { asked, state, place };
}

describe.each(['protobuf', 'json'])('sources of %s', form => {
  it('are read and assigned once for the batches of a second, each by its own bytes', async () => {
    const { asked, place } = setUp();
    const placed = [
      ['resource:default/phones', { day: 7, hash: 1 }],
      ['resource:default/phones', { day: 7, hash: 2 }],
    ];
    expect(await place(requestOf('a', 'bb'), nowMs, form)).toEqual(placed);
    expect(await place(requestOf('a', 'bb'), nowMs + 999, form)).toEqual(
      placed,
    );
    expect(asked).toEqual(['a', 'bb']);
    expect(await place(requestOf('ccc'), nowMs + 999, form)).toEqual([
      ['resource:default/phones', { day: 7, hash: 3 }],
    ]);
  });

  it('follow the catalog within a second', async () => {
    const { asked, state, place } = setUp();
    await place(requestOf('a'), nowMs, form);
    state.cohort = 'resource:default/tablets';
    expect(await place(requestOf('a'), nowMs + 1000, form)).toEqual([
      ['resource:default/tablets', { day: 7, hash: 1 }],
    ]);
    expect(asked).toEqual(['a', 'a']);
  });

  it('have their devices hashed anew on the next day', async () => {
    const { state, place } = setUp();
    await place(requestOf('a'), nowMs, form);
    state.day = 8;
    expect(await place(requestOf('a'), nowMs + 1, form)).toEqual([
      ['resource:default/phones', { day: 8, hash: 1 }],
    ]);
  });
});

it('refuses a body whose attributes cannot be read, also where its bytes are new', async () => {
  const known = new KnownSources({
    subjects: { assign: async () => undefined },
    salts: {
      deviceHasher: async () => ({ day: 7, hash: () => ({ day: 7, hash: 1 }) }),
    },
  });
  const text = JSON.stringify(requestOf('a')).replace('"device.id"', 'device');
  await expect(
    (async () => known.place(decodeJson(Buffer.from(text)), nowMs))(),
  ).rejects.toThrow(/not a readable OTLP metrics request: /);
});
