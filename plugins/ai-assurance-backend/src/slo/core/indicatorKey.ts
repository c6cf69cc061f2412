import { sha256, toHex, utf8 } from '@ai-assurance/evidence';
import { Counter, Indicator } from './types';

const longest = 150;

function counterInWords(counter: Counter): string {
  switch (counter.kind) {
    case 'telemetry-events':
      return counter.thresholdMs === undefined
        ? counter.metric
        : `${counter.metric}<=${counter.thresholdMs}`;
    case 'telemetry-level':
      return `${counter.metric}|p${counter.quantile ?? 'max'}|${counter.op}${
        counter.value
      }`;
    case 'engine-events':
      return `${counter.engine}|${counter.isCounter ? 'counter' : 'events'}|${
        counter.part
      }|${counter.partQuery}|${counter.totalQuery}`;
    case 'engine-ratio':
      return `${counter.engine}|${counter.rawType}|${counter.query}`;
    default:
      return `${counter.engine}|${counter.query}|${counter.op}${counter.value}`;
  }
}

/** Names an indicator in storage; equal for equal indicators, at most 150 characters. */
export function indicatorKey({ counter, slicing }: Indicator): string {
  const sliced = slicing
    ? `|${slicing.sliceMs}ms>=${slicing.targetRatio ?? 'ratio'}`
    : '';
  const words = `${counterInWords(counter)}${sliced}`;
  return words.length <= longest
    ? words
    : `${counter.kind}:${toHex(sha256(utf8(words)))}`;
}

/** What has to be read for a counter: indicators with equal keys share one reading. */
export function readingKey(counter: Counter): string {
  return 'metric' in counter
    ? `telemetry|${counter.metric}`
    : indicatorKey({ counter, slicing: undefined });
}

/** Name of the source in what people are shown: `telemetry`, or the engine's in the config. */
export function sourceIdOf(counter: Counter): string {
  return 'metric' in counter ? 'telemetry' : counter.engine;
}
