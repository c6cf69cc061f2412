import { EvidenceItem, writerOf } from '@ai-assurance/evidence';

/** Why an item that is well-formed is still not taken from outside. */
export interface Refusal {
  code:
    | 'CLOCK_AHEAD'
    | 'CONTROL_CHARACTER'
    | 'RESERVED_SOURCE'
    | 'RESERVED_TYPE';
  message: string;
}

const ownSegment = 'ai-assurance';

/**
 * Whether a source is ours, however it is written: with dots, doubled slashes or percent-encoding it resolves to the same, and
 * a reader of an exported pack must not take a stranger for the suite.
 */
function isOwnSource(source: string): boolean {
  const decoded = source.replace(/%([0-9a-f]{2})/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const segments: string[] = [];
  for (const segment of decoded.split(/[?#]/)[0].split(/[/\\]/)) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments[0]?.toLocaleLowerCase('en-US') === ownSegment;
}

// CloudEvents allows none of them in an attribute, and PostgreSQL cannot store the first of them.
const controlCharacter = /\p{Cc}/u;

/**
 * Whether only the suite writes a kind: what it measured itself, or a person in it decided. Gates and scorecards rest on it:
 * taken from outside it would let anyone who may push evidence write an approval, or an objective that is met.
 */
export function reservedType(type: string): Refusal | undefined {
  return writerOf(type) === 'suite'
    ? {
        code: 'RESERVED_TYPE',
        message:
          'type: only the suite writes this kind, when it measures or decides. It cannot be pushed.',
      }
    : undefined;
}

/** The server's clock, and how far that of a sender may be ahead. */
export interface ClockBound {
  nowMs: number;
  maxAheadMs: number;
}

const isAhead = (atMs: number, clock: ClockBound) =>
  atMs - clock.nowMs > clock.maxAheadMs;

/**
 * Whether {@link refusalOf} has nothing against an item, at the least cost. `isOrigin` answers {@link mayBeOrigin} for its
 * source: few sources send many items.
 */
export function isTaken(
  item: { id: string; source: string; type: string },
  times: { timeMs: number; collectedAtMs: number },
  clock: ClockBound,
  isOrigin: (source: string) => boolean,
): boolean {
  return (
    isOrigin(item.source) &&
    !controlCharacter.test(item.id) &&
    writerOf(item.type) !== 'suite' &&
    !isAhead(times.timeMs, clock) &&
    !isAhead(times.collectedAtMs, clock)
  );
}

/** Whether a source may be named by somebody outside. */
export function mayBeOrigin(source: string): boolean {
  return !controlCharacter.test(source) && !isOwnSource(source);
}

/** Judges a well-formed item that somebody pushes: may it come from outside, and is its clock believable? */
export function refusalOf(
  item: EvidenceItem,
  clock: ClockBound,
): Refusal | undefined {
  const unclean = (['id', 'source'] as const).find(name =>
    controlCharacter.test(item[name]),
  );
  if (unclean) {
    return {
      code: 'CONTROL_CHARACTER',
      message: `${unclean}: holds a control character, such as a line break or NUL. Leave it out.`,
    };
  }
  if (isOwnSource(item.source)) {
    return {
      code: 'RESERVED_SOURCE',
      message:
        'source: /ai-assurance/… belongs to the suite itself. Name your own system.',
    };
  }
  const reserved = reservedType(item.type);
  if (reserved) return reserved;
  const instants: [field: string, instant: string][] = [
    ['time', item.time],
    ['data.envelope.collectedAt', item.data.envelope.collectedAt],
  ];
  for (const [field, instant] of instants) {
    const atMs = Date.parse(instant);
    if (isAhead(atMs, clock)) {
      const aheadMs = atMs - clock.nowMs;
      const taken = Math.floor(clock.maxAheadMs / 1000);
      return {
        code: 'CLOCK_AHEAD',
        message: `${field}: ${instant} lies ${Math.ceil(
          aheadMs / 1000,
        )} s ahead of the server's clock, and at most ${taken} s are taken. Check the clock of the sender.`,
      };
    }
  }
  return undefined;
}
