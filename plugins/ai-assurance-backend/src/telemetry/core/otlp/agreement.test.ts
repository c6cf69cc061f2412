import fc from 'fast-check';
import {
  encodeGenerated,
  readGenerated,
  requests,
} from '../../__testUtils__/otlpMessages';
import { Folder } from '../fold';
import { deviceOf, sourceOf } from '../source';
import { decodeJson } from './decodeJson';
import { decodeProtobuf } from './decodeProtobuf';
import { Unusual } from './jsonBytes';
import { decodeParsedJson } from './parsedJson';
import { OtlpRequest } from './request';
import { scanJson } from './scanJson';

const nowMs = 1_700_000_040_000;

/** All that is made of a request: windows, cumulative points with the streams they belong to, and what was refused. */
function folded(decode: () => OtlpRequest): unknown {
  try {
    const request = decode();
    const folder = new Folder({
      nowMs,
      maxAheadMs: 300_000,
      retentionMs: 86_400_000,
    });
    const sources = request.sources.map(({ attributes }) => attributes);
    request.sources.forEach((source, i) => {
      folder.source(
        sourceOf(sources[i], {
          subjectRef: 'resource:default/reader',
          cohortRef: sources[i]['os.version'],
        }),
        () => source.identity(),
        deviceOf(sources[i]) === undefined ? undefined : { day: 1, hash: i },
      );
      source.each(folder);
    });
    const { windows, cumulative, pointCount, refusals } = folder.finish();
    return {
      windows,
      cumulative,
      pointCount,
      refusals: refusals.message(pointCount),
    };
  } catch (error) {
    return (error as Error).message;
  }
}

/** Where senders are told apart by bytes, the two forms have names of their own. */
function withoutIdentities(result: any): unknown {
  if (typeof result === 'string') return result;
  return {
    ...result,
    cumulative: result.cumulative.map((point: object) => ({
      ...point,
      identity: '',
    })),
  };
}

const isScanned = (body: string) => {
  try {
    scanJson(Buffer.from(body), {
      labels: () => ({
        outcome: 'ok',
        outputClass: undefined,
        segment: 'ok',
        weight: 1,
        identity: () => '',
      }),
    });
    return true;
  } catch (error) {
    if (error instanceof Unusual) return false;
    throw error;
  }
};

describe('reading a request', () => {
  it('from the wire says what generated code says, whatever the request', () => {
    fc.assert(
      fc.property(requests(nowMs), request => {
        const body = encodeGenerated(request);
        const told = JSON.stringify(readGenerated(body));
        expect(withoutIdentities(folded(() => decodeProtobuf(body)))).toEqual(
          withoutIdentities(folded(() => decodeParsedJson(told))),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('from the bytes of its JSON says what JSON.parse says, however it is written', () => {
    let scannedCount = 0;
    fc.assert(
      fc.property(
        requests(nowMs),
        fc.constantFrom(0, 1, '\t'),
        fc.boolean(),
        (request, space, isReversed) => {
          const text = JSON.stringify(
            isReversed ? reversed(request) : request,
            null,
            space,
          );
          if (isScanned(text)) scannedCount += 1;
          expect(folded(() => decodeJson(Buffer.from(text)))).toEqual(
            folded(() => decodeParsedJson(text)),
          );
        },
      ),
      { numRuns: 1000 },
    );
    // Else the general way was compared with itself.
    expect(scannedCount).toBeGreaterThan(500);
  });

  it('that was damaged is refused or read alike in both ways', () => {
    fc.assert(
      fc.property(
        requests(nowMs),
        fc.nat(),
        fc.constantFrom(...'"{}[]:,0-. \\x€', '', 'null', '1e3', '"a"'),
        (request, place, other) => {
          const text = JSON.stringify(request);
          const at = place % text.length;
          const damaged = text.slice(0, at) + other + text.slice(at + 1);
          expect(folded(() => decodeJson(Buffer.from(damaged)))).toEqual(
            folded(() => decodeParsedJson(damaged)),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** The same with the members of every object in the other order. */
function reversed(value: any): any {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, own]) => [key, reversed(own)]),
  );
}
