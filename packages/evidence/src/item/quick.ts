import { isPlain, isWellFormed } from '../canonical/canonicalize';
import { isEvidenceType } from '../kinds/kinds';
import type { Envelope } from './envelope';
import type { EvidenceItem } from './item';

// The shape of an item and its envelope once more, by hand. A schema copies what it checks and costs as much as all the
// rest of reading. What is true here MUST be true for the schemas; what is false here is left to them, who also have the
// words for it. A test holds the two beside each other.

const code = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}$/;
const entityRef = /^[a-z0-9]+:[a-z0-9._-]+\/[a-z0-9._-]+$/;
const digest = /^sha256:[0-9a-f]{64}$/;
/** With every month's days but the 29th of February. */
const instant =
  /^\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,19})?Z$/;

type Loose = Record<string, unknown>;

const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= max;

const matches = (value: unknown, pattern: RegExp) =>
  typeof value === 'string' && pattern.test(value);

const isRef = (value: unknown) => isText(value, 200) && entityRef.test(value);

const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && isPlain(value);

/** Attributes of an item, and that it has an envelope and a payload; neither is looked into. */
export function isQuickItem(value: unknown): value is EvidenceItem {
  if (!isObject(value)) return false;
  const { data, id, source, type } = value;
  return (
    value.specversion === '1.0' &&
    value.datacontenttype === 'application/json' &&
    isText(id, 200) &&
    isWellFormed(id) &&
    isText(source, 300) &&
    isWellFormed(source) &&
    typeof type === 'string' &&
    isEvidenceType(type) &&
    isRef(value.subject) &&
    matches(value.time, instant) &&
    Object.keys(value).length === 8 &&
    isObject(data) &&
    isObject(data.envelope) &&
    isObject(data.payload) &&
    Object.keys(data).length === 2
  );
}

/** An envelope, but for the order of its times. MUST have a canonical text: so none of its members is undefined. */
export function isQuickEnvelope(envelope: Envelope): boolean {
  const { collector, segment, sampleCount, asked } = envelope;
  let memberCount = 3;
  const optional = (value: unknown, pattern: RegExp) => {
    if (value === undefined) return true;
    memberCount += 1;
    return matches(value, pattern);
  };
  if (asked !== undefined) {
    memberCount += 1;
    if (typeof asked !== 'string' || asked.length > 2000) return false;
  }
  if (sampleCount !== undefined) {
    memberCount += 1;
    if (!Number.isSafeInteger(sampleCount) || sampleCount < 0) return false;
  }
  if (segment !== undefined) {
    memberCount += 1;
    if (!isQuickSegment(segment)) return false;
  }
  return (
    matches(envelope.sourceSystem, code) &&
    matches(envelope.collectedAt, instant) &&
    isObject(collector) &&
    matches(collector.id, code) &&
    matches(collector.version, code) &&
    Object.keys(collector).length === 2 &&
    optional(envelope.windowStart, instant) &&
    optional(envelope.windowEnd, instant) &&
    optional(envelope.subjectVersion, code) &&
    optional(envelope.subjectDigest, digest) &&
    optional(envelope.expiresAt, instant) &&
    Object.keys(envelope).length === memberCount
  );
}

function isQuickSegment(segment: unknown): boolean {
  if (!isObject(segment)) return false;
  for (const name of Object.keys(segment)) {
    const value = segment[name];
    switch (name) {
      case 'environment':
      case 'version':
      case 'deviceClass':
      case 'region':
        if (!matches(value, code)) return false;
        break;
      case 'cohort':
        if (!isRef(value)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}
