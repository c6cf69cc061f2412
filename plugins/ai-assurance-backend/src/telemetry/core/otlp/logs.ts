import { readAttributes } from './attributes';
import {
  attributesAt,
  listAt,
  nanosToMs,
  objectAt,
  Place,
  readJson,
  scopesIn,
  textAt,
} from './parsedJson';
import { withScope } from './request';
import { Unreadable, WireReader } from './wire';

/** A scalar as it was sent. */
export type Scalar = string | number | boolean;

/** One log record, as far as it is read: neither its body nor any attribute that nobody asked for. */
export interface OtlpLogRecord {
  timeMs: number;
  /** Name of the event: the field, or the attribute `event.name` that older senders use. */
  eventName: string;
  attributes: Record<string, Scalar>;
}

export interface OtlpLogs {
  /** Of resource and scope. */
  attributes: Record<string, string>;
  scope: { name: string; version: string };
  records: OtlpLogRecord[];
}

/** Most records read of one request. */
export const MAX_RECORDS = 10_000;

const EVENT_NAME = 'event.name';
const WHAT = 'OTLP logs request';

class RecordBudget {
  #left = MAX_RECORDS;

  spend(): void {
    this.#left -= 1;
    if (this.#left < 0)
      throw new Unreadable(
        `more than ${MAX_RECORDS} log records; send smaller batches`,
      );
  }
}

// logs/v1/logs.proto of opentelemetry-proto 1.x, by tag: field number * 8 + wire type.
const RESOURCE_LOGS = 10;
const TIME = 9;
const OBSERVED_TIME = 89;
const ATTRIBUTE = 50;
const EVENT_NAME_FIELD = 98;

function readScalar(reader: WireReader, end: number): Scalar | undefined {
  let value: Scalar | undefined;
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === 10) value = reader.text();
    else if (tag === 16) value = reader.varint() !== 0;
    else if (tag === 24) value = reader.signedVarint();
    else if (tag === 33) value = reader.double();
    else reader.skip(tag);
  }
  reader.requireEnd(end);
  return value;
}

function readWanted(
  reader: WireReader,
  end: number,
  wanted: ReadonlySet<string>,
  into: Record<string, Scalar>,
): void {
  let key = '';
  let value: Scalar | undefined;
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === 10) key = reader.text();
    else if (tag === 18) {
      const valueEnd = reader.lengthEnd();
      // What nobody asked for is not even made into text: it may be a prompt.
      if (key === '' || wanted.has(key)) value = readScalar(reader, valueEnd);
      else reader.pos = valueEnd;
    } else reader.skip(tag);
  }
  reader.requireEnd(end);
  if (value !== undefined && wanted.has(key)) into[key] = value;
}

function readRecord(
  reader: WireReader,
  end: number,
  wanted: ReadonlySet<string>,
): OtlpLogRecord {
  const attributes: Record<string, Scalar> = Object.create(null);
  let timeMs = 0;
  let observedMs = 0;
  let eventName = '';
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === TIME) timeMs = reader.nanosToMs();
    else if (tag === OBSERVED_TIME) observedMs = reader.nanosToMs();
    else if (tag === EVENT_NAME_FIELD) eventName = reader.text();
    else if (tag === ATTRIBUTE)
      readWanted(reader, reader.lengthEnd(), wanted, attributes);
    else reader.skip(tag);
  }
  reader.requireEnd(end);
  return recordOf({ timeMs, observedMs, eventName, attributes });
}

function recordOf(read: {
  timeMs: number;
  observedMs: number;
  eventName: string;
  attributes: Record<string, Scalar>;
}): OtlpLogRecord {
  const { [EVENT_NAME]: named, ...attributes } = read.attributes;
  return {
    timeMs: read.timeMs || read.observedMs,
    eventName: read.eventName || (typeof named === 'string' ? named : ''),
    attributes,
  };
}

/** Reads one scope's records: `ScopeLogs`. */
function readScopeLogs(
  reader: WireReader,
  end: number,
  context: {
    resource: Record<string, string>;
    wanted: ReadonlySet<string>;
    budget: RecordBudget;
  },
): OtlpLogs {
  const scope = { name: '', version: '', attributes: Object.create(null) };
  const records: OtlpLogRecord[] = [];
  while (reader.pos < end) {
    const tag = reader.varint();
    if (tag === 10) {
      scope.attributes = readAttributes(
        reader,
        reader.lengthEnd(),
        26,
        next => {
          if (next === 10) scope.name = reader.text();
          else if (next === 18) scope.version = reader.text();
          else reader.skip(next);
        },
      );
    } else if (tag === 18) {
      context.budget.spend();
      records.push(readRecord(reader, reader.lengthEnd(), context.wanted));
    } else reader.skip(tag);
  }
  reader.requireEnd(end);
  return {
    attributes: withScope(context.resource, scope),
    scope: { name: scope.name, version: scope.version },
    records,
  };
}

/**
 * Reads an `ExportLogsServiceRequest`: of each record its time, its event name and the attributes in `wanted`. Throws
 * {@link Unreadable} that names the byte where reading stopped; nothing of such a body may be used.
 */
export function decodeProtobufLogs(
  body: Buffer,
  wanted: ReadonlySet<string>,
): OtlpLogs[] {
  const reader = new WireReader(body);
  const names = new Set([...wanted, EVENT_NAME]);
  const budget = new RecordBudget();
  const found: OtlpLogs[] = [];
  try {
    while (reader.pos < body.length) {
      const tag = reader.varint();
      if (tag !== RESOURCE_LOGS) {
        reader.skip(tag);
        continue;
      }
      const end = reader.lengthEnd();
      let resource: Record<string, string> = Object.create(null);
      const scopes: { from: number; end: number }[] = [];
      while (reader.pos < end) {
        const inner = reader.varint();
        if (inner === 10)
          resource = readAttributes(reader, reader.lengthEnd(), 10);
        else if (inner === 18) {
          const scopeEnd = reader.lengthEnd();
          scopes.push({ from: reader.pos, end: scopeEnd });
          reader.pos = scopeEnd;
        } else reader.skip(inner);
      }
      reader.requireEnd(end);
      for (const { from, end: scopeEnd } of scopes) {
        reader.pos = from;
        const context = { resource, wanted: names, budget };
        found.push(readScopeLogs(reader, scopeEnd, context));
      }
      reader.pos = end;
    }
    return found;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Unreadable(
      `not a readable ${WHAT}: ${error.message}, at byte ${Math.min(
        reader.pos,
        body.length,
      )} of ${body.length}`,
    );
  }
}

function scalarsAt(
  value: unknown,
  place: Place,
  wanted: ReadonlySet<string>,
): Record<string, Scalar> {
  const texts = attributesAt(value, place, wanted);
  const scalars: Record<string, Scalar> = Object.create(null);
  // Numbers come as numbers or, where they are whole, as text: by their member, not by their looks.
  for (const entry of listAt(value, place)) {
    const { key, value: any } = entry as { key: string; value?: any };
    if (!(key in texts)) continue;
    const isNumber =
      any?.doubleValue !== undefined || any?.intValue !== undefined;
    scalars[key] = isNumber ? Number(texts[key]) : texts[key];
  }
  return scalars;
}

/** The same from its JSON form. Throws {@link Unreadable} that names the place. */
export function decodeJsonLogs(
  body: string,
  wanted: ReadonlySet<string>,
): OtlpLogs[] {
  const names = new Set([...wanted, EVENT_NAME]);
  const budget = new RecordBudget();
  return readJson(body, WHAT, request =>
    scopesIn(
      listAt(request.resourceLogs, () => 'resourceLogs'),
      'resourceLogs',
      'scopeLogs',
    ).map(({ attributes, json, place }) => {
      const scope = objectAt(json.scope, () => `${place()}.scope`);
      const recordsPlace = () => `${place()}.logRecords`;
      return {
        attributes,
        scope: {
          name: textAt(scope.name, () => `${place()}.scope.name`),
          version: textAt(scope.version, () => `${place()}.scope.version`),
        },
        records: listAt(json.logRecords, recordsPlace).map((entry, i) => {
          budget.spend();
          const recordPlace = () => `${recordsPlace()}[${i}]`;
          const record = objectAt(entry, recordPlace);
          return recordOf({
            timeMs: nanosToMs(record.timeUnixNano),
            observedMs: nanosToMs(record.observedTimeUnixNano),
            eventName: textAt(
              record.eventName,
              () => `${recordPlace()}.eventName`,
            ),
            attributes: scalarsAt(
              record.attributes,
              () => `${recordPlace()}.attributes`,
              names,
            ),
          });
        }),
      };
    }),
  );
}
