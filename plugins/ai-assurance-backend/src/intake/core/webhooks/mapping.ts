import { Envelope, EvidenceType, PayloadOf } from '@ai-assurance/evidence';
import { DateTime } from 'luxon';
import { z } from 'zod';

/** What a mapping may know beside the body of a delivery. */
export interface MappingContext {
  /** Name of the webhook in the configuration. */
  webhook: string;
  /** Subjects of the first of the sender's names that stands for any, by the configuration or else by annotations. */
  subjectsOf(names: readonly string[]): string[];
}

/** What a delivery says as evidence, or why it cannot be said. No items and no problem: nothing that evidence is made of. */
export type Mapped =
  | { ok: true; items: unknown[] }
  | {
      ok: false;
      /**
       * - `INVALID_DELIVERY`: not what the sender documents
       * - `UNMAPPED_EVENT`: an event of a type that no kind of evidence is made of
       * - `NO_SUBJECT`: nothing in the catalog or the configuration says whom it is about
       */
      code: 'INVALID_DELIVERY' | 'UNMAPPED_EVENT' | 'NO_SUBJECT';
      message: string;
    };

/** Makes evidence of the body of a delivery. The same body always makes the same items, so that a repeat adds nothing. */
export type Mapping = (body: unknown, context: MappingContext) => Mapped;

/** Codes under which a delivery waits whose mapping may succeed later. */
export const MAPPING_CODES: readonly string[] = [
  'INVALID_DELIVERY',
  'UNMAPPED_EVENT',
  'NO_SUBJECT',
];

/** One fact, before it is known whom it is about. */
export interface Fact<T extends EvidenceType> {
  type: T;
  /** Unique and unchanging in the sender's system. */
  id: string;
  /** Epoch-precise ISO-8601 instant in UTC. */
  time: string;
  sourceSystem: string;
  envelope?: Partial<Envelope>;
  payload: PayloadOf<T>;
}

/** The fact as items of evidence, one for each subject that it is about. */
export function itemsOf<T extends EvidenceType>(
  fact: Fact<T>,
  names: readonly string[],
  context: MappingContext,
): Mapped {
  const subjects = context.subjectsOf(names);
  if (subjects.length === 0) return noSubject(names, context);
  return {
    ok: true,
    items: subjects.map(subject => ({
      specversion: '1.0',
      id: `${fact.id}:${subject}`,
      source: `/webhooks/${context.webhook}`,
      type: fact.type,
      subject,
      time: fact.time,
      datacontenttype: 'application/json',
      data: {
        envelope: {
          sourceSystem: fact.sourceSystem,
          collector: { id: `webhook.${context.webhook}`, version: '1' },
          // When it was observed, not when it was received: a repeated delivery has to say the very same.
          collectedAt: fact.time,
          ...fact.envelope,
        },
        payload: fact.payload,
      },
    })),
  };
}

export function noSubject(
  names: readonly string[],
  { webhook }: MappingContext,
): Mapped {
  const named = names.map(name => `"${name}"`).join(', ');
  return {
    ok: false,
    code: 'NO_SUBJECT',
    message: `Nothing says whom ${
      named || 'this'
    } is about. Add it to subjectOf of the webhook ${webhook}, or annotate the entity; then replay this.`,
  };
}

/** Reads a body by its shape; a body of another shape is told field by field. */
export function readShape<S extends z.ZodType>(
  shape: S,
  body: unknown,
): { ok: true; value: z.output<S> } | Extract<Mapped, { ok: false }> {
  const result = shape.safeParse(body);
  if (result.success) return { ok: true, value: result.data };
  return {
    ok: false,
    code: 'INVALID_DELIVERY',
    message: result.error.issues
      .slice(0, 10)
      .map(issue => `/${issue.path.join('/')}: ${issue.message}`)
      .join('; '),
  };
}

/** An instant of a foreign system, as evidence writes it: in UTC, to the millisecond. */
export const foreignInstant = z.string().transform((text, context) => {
  const instant = DateTime.fromISO(text, { zone: 'utc' }).toISO();
  if (instant !== null) return instant;
  context.addIssue({ code: 'custom', message: `"${text}" is not an instant` });
  return z.NEVER;
});

/** A foreign name as a code: what a code may not hold becomes a dash. */
export function codeOf(name: string): string {
  const code = name.replace(/[^A-Za-z0-9._:/+-]+/g, '-').slice(0, 100);
  return /^[A-Za-z0-9]/.test(code) ? code : `x${code}`.slice(0, 100);
}

const linkPattern = /^https?:\/\/[^\s@?#]+$/;

/** An address for people, without query and fragment; `null` where there is none that may be kept. */
export function linkOf(address: string | null | undefined): string | null {
  const bare = address?.split(/[?#]/, 1)[0];
  return bare !== undefined && bare.length <= 500 && linkPattern.test(bare)
    ? bare
    : null;
}

/** A commit as evidence writes it; `null` for anything else. */
export function commitOf(text: string | null | undefined): string | null {
  return text && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text) ? text : null;
}

/** A SHA-256 with its algorithm named; `null` for anything else. */
export function digestIn(text: string | null | undefined): string | null {
  return text && /^sha256:[0-9a-f]{64}$/.test(text) ? text : null;
}
