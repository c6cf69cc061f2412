import {
  JsonLogsSerializer,
  ProtobufLogsSerializer,
} from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import fc from 'fast-check';
import { EVALUATION_ATTRIBUTES } from '../evaluationEvents';
import { decodeJsonLogs, decodeProtobufLogs } from './logs';

const resource = resourceFromAttributes({
  'ai_assurance.subject': 'component:default/chat',
});
const scope = { name: 'judge', version: '2' };

/** Log records as the official SDK hands them to its exporters. */
const records = [
  {
    eventName: 'gen_ai.evaluation.result',
    attributes: {
      'gen_ai.evaluation.name': 'Relevance',
      'gen_ai.evaluation.score.value': 4,
      'gen_ai.evaluation.score.label': 'pass',
      'gen_ai.evaluation.explanation': 'the secret prompt',
      'gen_ai.response.id': 'chatcmpl-secret',
    },
    body: 'the secret answer',
  },
  {
    eventName: undefined,
    attributes: {
      'event.name': 'gen_ai.evaluation.result',
      'gen_ai.evaluation.name': 'Toxicity',
      'gen_ai.evaluation.score.value': 0.25,
      'error.type': 'timeout',
    },
    body: undefined,
  },
].map(record => ({
  ...record,
  hrTime: [1_700_000_000, 5_000_000] as [number, number],
  hrTimeObserved: [1_700_000_001, 0] as [number, number],
  resource,
  instrumentationScope: scope,
  droppedAttributesCount: 0,
}));

const expected = [
  {
    attributes: {
      'ai_assurance.subject': 'component:default/chat',
      'otel.scope.name': 'judge',
      'otel.scope.version': '2',
    },
    scope: { name: 'judge', version: '2' },
    records: [
      {
        timeMs: 1_700_000_000_005,
        eventName: 'gen_ai.evaluation.result',
        attributes: {
          'gen_ai.evaluation.name': 'Relevance',
          'gen_ai.evaluation.score.value': 4,
          'gen_ai.evaluation.score.label': 'pass',
        },
      },
      {
        timeMs: 1_700_000_000_005,
        eventName: 'gen_ai.evaluation.result',
        attributes: {
          'gen_ai.evaluation.name': 'Toxicity',
          'gen_ai.evaluation.score.value': 0.25,
          'error.type': 'timeout',
        },
      },
    ],
  },
];

const protobuf = Buffer.from(
  ProtobufLogsSerializer.serializeRequest(records as any)!,
);
const json = Buffer.from(
  JsonLogsSerializer.serializeRequest(records as any)!,
).toString('utf8');
/** Plain objects, to be compared. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('reading OTLP logs', () => {
  it('reads of the official SDK only the names that were asked for, the same from both forms', () => {
    expect(plain(decodeProtobufLogs(protobuf, EVALUATION_ATTRIBUTES))).toEqual(
      expected,
    );
    expect(plain(decodeJsonLogs(json, EVALUATION_ATTRIBUTES))).toEqual(
      expected,
    );
  });

  it('refuses every proper beginning and says where it stops', () => {
    for (let length = 1; length < protobuf.length; length += 1) {
      expect(() =>
        decodeProtobufLogs(protobuf.subarray(0, length), EVALUATION_ATTRIBUTES),
      ).toThrow(/^not a readable OTLP logs request: .*, at byte \d+ of \d+$/);
    }
    expect(() =>
      decodeJsonLogs(
        '{"resourceLogs":[{"scopeLogs":[{"logRecords":[3]}]}]}',
        EVALUATION_ATTRIBUTES,
      ),
    ).toThrow(
      'not a readable OTLP logs request: resourceLogs[0].scopeLogs[0].logRecords[0] must be an object',
    );
  });

  it('either reads random bytes or refuses them', () => {
    const outcomeOf = (bytes: Uint8Array) => {
      try {
        decodeProtobufLogs(Buffer.from(bytes), EVALUATION_ATTRIBUTES);
        return 'read';
      } catch (error) {
        return (error as Error).message;
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        expect(outcomeOf(bytes)).toMatch(
          /^(read|not a readable OTLP logs request: .*)$/s,
        );
      }),
      { numRuns: 1000 },
    );
  });
});
