import { viewOf } from './byBytes';
import { Unusual } from './jsonBytes';
import {
  decodeParsedJson,
  listAt,
  readableMetrics,
  readLabels,
  scopesIn,
} from './parsedJson';
import { MetricSink, OtlpRequest, OtlpSource, Stretch } from './request';
import { ScannedRequest, scanJson, Span } from './scanJson';
import { Unreadable } from './wire';

/** Resource and scope of the source that was asked last, so that they are found again by their bytes. */
const stretch = Buffer.alloc(4096);
const stretchView = viewOf(stretch);
const STRETCH_HEAD = 4;
/** No protobuf has it there, which would need a body of two gigabytes. */
const JSON_MARK = 2 ** 31;

/** A source whose points were read from their bytes. */
class ScannedJson implements OtlpSource {
  readonly #body: Buffer;
  readonly #request: ScannedRequest;
  readonly #index: number;
  #words: Pick<OtlpSource, 'attributes' | 'identity'> | undefined;

  constructor(body: Buffer, request: ScannedRequest, index: number) {
    this.#body = body;
    this.#request = request;
    this.#index = index;
  }

  get attributes(): Record<string, string> {
    this.#words ??= this.#read();
    return this.#words.attributes;
  }

  identity(): string {
    this.#words ??= this.#read();
    return this.#words.identity();
  }

  stretch(): Stretch | undefined {
    const { resource, scope } = this.#request.sources[this.#index];
    const size = resource.end - resource.from;
    const end = STRETCH_HEAD + size + scope.end - scope.from;
    if (end > stretch.length) return undefined;
    // Where one ends and the other begins is told too.
    stretchView.setUint32(0, JSON_MARK + size);
    this.#body.copy(stretch, STRETCH_HEAD, resource.from, resource.end);
    this.#body.copy(stretch, STRETCH_HEAD + size, scope.from, scope.end);
    return { view: stretchView, from: 0, end };
  }

  each(sink: MetricSink): void {
    readableMetrics(() => {
      for (const metric of this.#request.sources[this.#index].metrics)
        this.#request.replay(metric, sink);
    });
  }

  #read(): Pick<OtlpSource, 'attributes' | 'identity'> {
    const { resource, scope } = this.#request.sources[this.#index];
    const parse = ({ from, end }: Span) =>
      end > from ? JSON.parse(this.#body.toString('utf8', from, end)) : {};
    try {
      const [words] = scopesIn(
        [
          {
            resource: parse(resource),
            scopeMetrics: [{ scope: parse(scope) }],
          },
        ],
        'resourceMetrics',
        'scopeMetrics',
      );
      return words;
    } catch (error) {
      // Only read as a whole can it tell the place of what is wrong.
      return decodeParsedJson(this.#body.toString('utf8')).sources[this.#index];
    }
  }
}

function scanned(body: Buffer): OtlpRequest | undefined {
  let request: ScannedRequest;
  try {
    request = scanJson(body, {
      labels: list =>
        readLabels(
          listAt(list, () => 'attributes'),
          () => 'attributes',
        ),
    });
  } catch (error) {
    // Also what is no JSON, or of another shape: the general way tells the place.
    if (
      error instanceof Unusual ||
      error instanceof Unreadable ||
      error instanceof SyntaxError
    )
      return undefined;
    throw error;
  }
  return {
    sources: request.sources.map((_, i) => new ScannedJson(body, request, i)),
  };
}

/**
 * Reads an `ExportMetricsServiceRequest` in its JSON form. 64-bit integers may be numbers or decimal text, enumerations
 * numbers or names. Throws {@link Unreadable} that names the place when the body is no JSON or not of that shape, at once or
 * when the points are asked for; a number that cannot be read becomes NaN and costs its point only. What is written as
 * senders write it is read from its bytes, everything else in the general way, to the same effect.
 */
export function decodeJson(body: Buffer): OtlpRequest {
  return scanned(body) ?? decodeParsedJson(body.toString('utf8'));
}
