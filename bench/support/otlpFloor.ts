import { decodeGenerated } from './otlpRequests';

// What a receiver cannot do without: each point read and added to its series, in memory. No rights, no checks, no minutes,
// nothing written.

const explicitBuckets = 15;
const exponentialBuckets = 320;

interface Series {
  count: number;
  sum: number;
  explicit: Float64Array;
  exponential: Float64Array;
}

/** Series by version, cohort, metric and class. */
export class FloorSeries {
  readonly byKey = new Map<string, Series>();
  pointCount = 0;

  of(key: string): Series {
    let series = this.byKey.get(key);
    if (!series) {
      series = {
        count: 0,
        sum: 0,
        explicit: new Float64Array(explicitBuckets),
        exponential: new Float64Array(exponentialBuckets),
      };
      this.byKey.set(key, series);
    }
    return series;
  }

  /** What was counted, to compare two ways of reading. */
  total(): string {
    return JSON.stringify(
      [...this.byKey]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, s]) => [
          key,
          s.count,
          s.sum,
          [...s.explicit],
          [...s.exponential],
        ]),
    );
  }
}

function attribute(list: any[], key: string): string {
  for (const entry of list)
    if (entry.key === key) return entry.value.stringValue;
  return '';
}

function foldObjects(request: any, into: FloorSeries): void {
  for (const { resource, scopeMetrics } of request.resourceMetrics) {
    const source = `${attribute(
      resource.attributes,
      'ai_assurance.model.version',
    )}|${attribute(resource.attributes, 'ai_assurance.device.class')}`;
    for (const { metrics } of scopeMetrics) {
      for (const metric of metrics) {
        const { histogram, exponentialHistogram } = metric;
        const data =
          metric.gauge ?? metric.sum ?? histogram ?? exponentialHistogram;
        for (const point of data.dataPoints) {
          const series = into.of(
            `${source}|${metric.name}|${attribute(
              point.attributes,
              'ai_assurance.class',
            )}`,
          );
          into.pointCount += 1;
          if (histogram) {
            series.count += Number(point.count);
            series.sum += point.sum;
            const counts = point.bucketCounts;
            for (let i = 0; i < counts.length; i += 1)
              series.explicit[i] += Number(counts[i]);
          } else if (exponentialHistogram) {
            series.count += Number(point.count);
            series.sum += point.sum;
            const { offset, bucketCounts } = point.positive;
            for (let i = 0; i < bucketCounts.length; i += 1)
              series.exponential[160 + offset + i] += Number(bucketCounts[i]);
          } else {
            series.count += 1;
            series.sum += point.asDouble;
          }
        }
      }
    }
  }
}

/** Generated code makes objects, which are then folded. */
export function foldGenerated(body: Buffer, into: FloorSeries): void {
  foldObjects(decodeGenerated(body), into);
}

/** `JSON.parse` makes objects, which are then folded. */
export function foldJson(body: Buffer, into: FloorSeries): void {
  foldObjects(JSON.parse(body.toString('utf8')), into);
}

/**
 * The limit: one walk over the wire bytes, straight into the series. It knows the shape of the bodies in this benchmark and
 * checks nothing.
 */
export class WireWalk {
  readonly #into: FloorSeries;
  readonly #seriesByBytes = new Map<string, Series>();
  #bytes: Buffer = Buffer.alloc(0);
  #view = new DataView(new ArrayBuffer(0));
  #at = 0;

  constructor(into: FloorSeries) {
    this.#into = into;
  }

  fold(body: Buffer): void {
    this.#bytes = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#at = 0;
    while (this.#at < body.length) {
      this.#varint();
      this.#resourceMetrics(this.#end());
    }
  }

  #varint(): number {
    let byte = this.#bytes[this.#at];
    this.#at += 1;
    if (byte < 128) return byte;
    let value = byte % 128;
    let factor = 128;
    do {
      byte = this.#bytes[this.#at];
      this.#at += 1;
      value += (byte % 128) * factor;
      factor *= 128;
    } while (byte > 127);
    return value;
  }

  #end(): number {
    const length = this.#varint();
    return this.#at + length;
  }

  #skip(tag: number): void {
    if (tag % 8 === 0) this.#varint();
    else if (tag % 8 === 1) this.#at += 8;
    else this.#at = this.#end();
  }

  /** The value of a text attribute among the fields of the tag, up to `end`. */
  #attribute(end: number, tag: number, name: string): string {
    let found = '';
    while (this.#at < end) {
      const next = this.#varint();
      if (next !== tag) {
        this.#skip(next);
        continue;
      }
      const stop = this.#end();
      this.#varint();
      const keyEnd = this.#end();
      if (
        keyEnd - this.#at === name.length &&
        this.#bytes.toString('latin1', this.#at, keyEnd) === name
      ) {
        this.#at = keyEnd;
        this.#varint();
        this.#end();
        this.#varint();
        const valueEnd = this.#end();
        found = this.#bytes.toString('utf8', this.#at, valueEnd);
      }
      this.#at = stop;
    }
    return found;
  }

  #resourceMetrics(end: number): void {
    let source = '';
    while (this.#at < end) {
      const tag = this.#varint();
      const stop = this.#end();
      if (tag === 10) {
        const from = this.#at;
        const version = this.#attribute(stop, 10, 'ai_assurance.model.version');
        this.#at = from;
        source = `${version}|${this.#attribute(
          stop,
          10,
          'ai_assurance.device.class',
        )}`;
      } else {
        this.#scopeMetrics(stop, source);
      }
      this.#at = stop;
    }
  }

  #scopeMetrics(end: number, source: string): void {
    while (this.#at < end) {
      const tag = this.#varint();
      const stop = this.#end();
      if (tag === 18) this.#metric(stop, source);
      this.#at = stop;
    }
  }

  #metric(end: number, source: string): void {
    let prefix = '';
    while (this.#at < end) {
      const tag = this.#varint();
      const stop = this.#end();
      if (tag === 10) {
        const name = this.#bytes.toString('latin1', this.#at, stop);
        prefix = `${source}|${name}|`;
      } else if (tag >= 42) {
        while (this.#at < stop) {
          const inner = this.#varint();
          if (inner === 10) this.#point(this.#end(), tag, prefix);
          else this.#skip(inner);
        }
      }
      this.#at = stop;
    }
  }

  #point(end: number, kind: number, prefix: string): void {
    let attributeTag = 58;
    if (kind === 74) attributeTag = 74;
    else if (kind === 82) attributeTag = 10;
    let attributesFrom = 0;
    let attributesEnd = 0;
    let count = 1;
    let sum = 0;
    let bucketsFrom = 0;
    let bucketsEnd = 0;
    let offset = 0;
    while (this.#at < end) {
      const from = this.#at;
      const tag = this.#varint();
      if (tag === attributeTag) {
        this.#at = this.#end();
        if (attributesFrom === 0) attributesFrom = from;
        attributesEnd = this.#at;
      } else if (kind < 74 && tag === 33) {
        sum = this.#view.getFloat64(this.#at, true);
        this.#at += 8;
      } else if (kind >= 74 && tag === 33) {
        count = this.#view.getUint32(this.#at, true);
        this.#at += 8;
      } else if (kind >= 74 && tag === 41) {
        sum = this.#view.getFloat64(this.#at, true);
        this.#at += 8;
      } else if (kind === 74 && tag === 50) {
        bucketsEnd = this.#end();
        bucketsFrom = this.#at;
        this.#at = bucketsEnd;
      } else if (kind === 82 && tag === 66) {
        const stop = this.#end();
        while (this.#at < stop) {
          const inner = this.#varint();
          if (inner === 8) offset = this.#varint() / 2;
          else {
            bucketsEnd = this.#end();
            bucketsFrom = this.#at;
            this.#at = bucketsEnd;
          }
        }
      } else this.#skip(tag);
    }
    const key =
      prefix + this.#bytes.toString('latin1', attributesFrom, attributesEnd);
    let series = this.#seriesByBytes.get(key);
    if (!series) {
      this.#at = attributesFrom;
      series = this.#into.of(
        prefix +
          this.#attribute(attributesEnd, attributeTag, 'ai_assurance.class'),
      );
      this.#at = end;
      this.#seriesByBytes.set(key, series);
    }
    this.#into.pointCount += 1;
    series.count += count;
    series.sum += sum;
    if (kind === 74) {
      for (let i = 0, at = bucketsFrom; at < bucketsEnd; i += 1, at += 8)
        series.explicit[i] += this.#view.getUint32(at, true);
    } else if (kind === 82) {
      this.#at = bucketsFrom;
      for (let i = 160 + offset; this.#at < bucketsEnd; i += 1)
        series.exponential[i] += this.#varint();
      this.#at = end;
    }
  }
}
