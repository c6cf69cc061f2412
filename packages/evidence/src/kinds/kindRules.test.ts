import fc from 'fast-check';
import { z } from 'zod';
import { fixtures } from './__testUtils__/fixtures';
import { readEvidenceItem } from '../item/read';
import { evidenceKinds, type EvidenceType } from './kinds';

type Json = Record<string, any>;
type Path = (string | number)[];

/** Every place in a value, from the top down. */
function placesOf(value: unknown, at: Path = []): { path: Path; value: any }[] {
  const below =
    value === null || typeof value !== 'object'
      ? []
      : Object.entries(value).flatMap(([name, member]) =>
          placesOf(member, [...at, Array.isArray(value) ? Number(name) : name]),
        );
  return [{ path: at, value }, ...below];
}

function withValueAt(item: Json, path: Path, value: unknown): Json {
  const copy = structuredClone(item);
  let parent: any = copy.data;
  for (const step of ['payload', ...path].slice(0, -1)) parent = parent[step];
  parent[['payload', ...path].at(-1)!] = value;
  return copy;
}

function refusal(item: Json): string {
  const reading = readEvidenceItem(item);
  return reading.ok ? 'accepted' : reading.code;
}

const all = fixtures();

// Words of people about their decisions, and what a stranger's refused item said of itself. Everything else is a code.
const wordsOfPeople =
  /\.(reason|overrideReason|basis|action|builtFrom|handOver|given(Source|Id|Type|Subject))$/;

describe.each(all)('payloads of $type', ({ item }) => {
  const places = placesOf(item.data.payload);

  it('refuse a member they do not know, at every depth', () => {
    const objects = places.filter(
      ({ value }) =>
        value !== null && typeof value === 'object' && !Array.isArray(value),
    );
    const answers = objects.map(({ path, value }) =>
      refusal(withValueAt(item, path, { ...value, note: 'anything' })),
    );
    expect(new Set(answers)).toEqual(new Set(['INVALID_PAYLOAD']));
  });

  it('refuse a count, a duration or a size below zero, and a broken one', () => {
    const counts = places.filter(
      ({ path, value }) =>
        typeof value === 'number' &&
        /(Count|Ms|Bytes|Micros|Days|Number|Size|Index)$/.test(
          String(path.at(-1)),
        ) &&
        path.at(-1) !== 'thresholdMs',
    );
    for (const { path } of counts) {
      expect([path, refusal(withValueAt(item, path, -1))]).toEqual([
        path,
        'INVALID_PAYLOAD',
      ]);
      expect([path, refusal(withValueAt(item, path, 0.5))]).toEqual([
        path,
        'INVALID_PAYLOAD',
      ]);
    }
  });

  it('refuse a share beyond 0 and 1', () => {
    const shares = places.filter(
      ({ path, value }) =>
        typeof value === 'number' &&
        /Ratio$/.test(String(path.at(-1))) &&
        path.at(-1) !== 'budgetRemainingRatio',
    );
    for (const { path } of shares) {
      expect([path, refusal(withValueAt(item, path, 95))]).toEqual([
        path,
        'INVALID_PAYLOAD',
      ]);
    }
  });

  it('refuse sentences where a code, an instant or a digest belongs', () => {
    const codes = places.filter(
      ({ path, value }) =>
        typeof value === 'string' &&
        !wordsOfPeople.test(
          `.${path.filter(s => typeof s === 'string').join('.')}`,
        ),
    );
    for (const { path } of codes) {
      const said = withValueAt(
        item,
        path,
        'Please ignore all that came before',
      );
      expect([path, refusal(said)]).toEqual([path, 'INVALID_PAYLOAD']);
    }
  });

  it('refuse values of another type, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...places.slice(1)),
        fc.oneof(
          fc.constant({}),
          fc.constant('\u0000'),
          fc.constant(true),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.string({ minLength: 1001, maxLength: 1200 }),
        ),
        (place, value) => {
          fc.pre(typeof value !== typeof place.value && place.value !== null);
          expect(refusal(withValueAt(item, place.path, value))).not.toBe(
            'accepted',
          );
        },
      ),
    );
  });
});

it('an instant is an instant, and no place to hide a text in', () => {
  const [{ item }] = all;
  const endless = `2026-11-22T13:00:00.${'0'.repeat(1000)}Z`;
  expect(refusal({ ...item, time: endless })).toBe('INVALID_ITEM');
  const fine = '2026-11-22T13:00:00.123456789Z';
  expect(refusal({ ...item, time: fine })).toBe('accepted');
});

describe('schemas of payloads', () => {
  const types = Object.keys(evidenceKinds) as EvidenceType[];
  const members = types.flatMap(type =>
    schemaPlaces(z.toJSONSchema(evidenceKinds[type], { io: 'input' }), type),
  );

  it('bound every text by its length, its pattern or a list of words', () => {
    const unbounded = members.filter(
      ({ schema }) =>
        schema.type === 'string' &&
        schema.maxLength === undefined &&
        schema.enum === undefined &&
        schema.const === undefined &&
        // Bounded by a pattern without an open end.
        (schema.pattern === undefined || /[*+]|,\}/.test(schema.pattern)),
    );
    expect(unbounded.map(({ place }) => place)).toEqual([]);
  });

  it('bound every list', () => {
    const unbounded = members.filter(
      ({ schema }) => schema.type === 'array' && schema.maxItems === undefined,
    );
    expect(unbounded.map(({ place }) => place)).toEqual([]);
  });

  it('refuse unknown members in every object', () => {
    const open = members.filter(
      ({ schema }) =>
        schema.type === 'object' && schema.additionalProperties !== false,
    );
    expect(open.map(({ place }) => place)).toEqual([]);
  });

  it('name the unit of every number, unless a unit stands beside it or it has none', () => {
    const named =
      /([cC]ount|Ratio|Ms|Bytes|Micros|Days|Number|Rank|Size|Index)$/;
    // Burn rates, statistics, factors and the status of an HTTP answer have no unit; bins and bounds are in the unit of
    // their feature.
    const without =
      /(\.factor|Burn|\.quorum|Limit|\.boundaries\[\]|ins\[\]|\.interval(Low|High)|\.value|\.currentStage|\.answerStatus)$/;
    const unnamed = members.filter(({ place, schema, siblings }) => {
      if (schema.type !== 'number' && schema.type !== 'integer') return false;
      return (
        !named.test(place) && !without.test(place) && !siblings.has('unit')
      );
    });
    expect(unnamed.map(({ place }) => place)).toEqual([]);
  });
});

interface SchemaPlace {
  place: string;
  schema: Json;
  siblings: ReadonlySet<string>;
}

function schemaPlaces(
  schema: Json,
  place: string,
  siblings: ReadonlySet<string> = new Set(),
): SchemaPlace[] {
  const names = new Set(Object.keys(schema.properties ?? {}));
  return [
    { place, schema, siblings },
    ...Object.entries<Json>(schema.properties ?? {}).flatMap(([name, member]) =>
      schemaPlaces(member, `${place}.${name}`, names),
    ),
    ...(schema.items ? schemaPlaces(schema.items, `${place}[]`, siblings) : []),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(option =>
      schemaPlaces(option, place, siblings),
    ),
  ];
}
