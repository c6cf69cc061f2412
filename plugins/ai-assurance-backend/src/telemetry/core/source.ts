import { quoted, RefusalReason } from './refusal';

/** Version label of a signal that names none. */
export const UNKNOWN_VERSION = 'unknown';

/** Which subject and segment the metrics of a resource belong to. */
export interface Source {
  /** All of it in one text; equal for equal sources. */
  key: string;
  subject: string;
  cohort: string | undefined;
  /** Where it runs, as the resource says; `undefined` when it does not, or when it is no short label. */
  environment?: string;
  version: string;
  digest: string | undefined;
}

export interface Refused {
  refused: RefusalReason;
  example: string;
}

const labelPattern = /^[A-Za-z0-9][A-Za-z0-9._:/+-]{0,99}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Finds the source by the attributes and by what the catalog made of them, or says why there is none. */
export function sourceOf(
  attributes: Record<string, string>,
  assignment: { subjectRef: string; cohortRef: string | undefined } | undefined,
): Source | Refused {
  const named = attributes['ai_assurance.subject'];
  if (!named)
    return {
      refused: 'no-subject',
      example: `service.name ${quoted(attributes['service.name'] ?? '')}`,
    };
  if (!assignment)
    return { refused: 'unknown-subject', example: quoted(named) };
  const version =
    attributes['ai_assurance.model.version'] ??
    attributes['service.version'] ??
    UNKNOWN_VERSION;
  if (!labelPattern.test(version))
    return { refused: 'bad-version', example: quoted(version) };
  const digest = attributes['ai_assurance.model.digest'];
  if (digest !== undefined && !digestPattern.test(digest))
    return { refused: 'bad-digest', example: quoted(digest) };
  const { subjectRef: subject, cohortRef: cohort } = assignment;
  // The older of the two names is still what many senders say.
  const told =
    attributes['deployment.environment.name'] ??
    attributes['deployment.environment'];
  // What is measured counts, however the place is called.
  const environment =
    told !== undefined && labelPattern.test(told) ? told : undefined;
  return {
    key: `${subject}|${version}|${digest ?? ''}|${cohort ?? ''}|${
      environment ?? ''
    }`,
    subject,
    cohort,
    environment,
    version,
    digest,
  };
}

/** Attributes that name a device or a process on one, the more exact first. */
const deviceAttributes = ['device.id', 'service.instance.id', 'host.id'];

/** What names the device of a source, to be hashed at once and never kept; `undefined` where nothing does. */
export function deviceOf(
  attributes: Record<string, string>,
): string | undefined {
  for (const name of deviceAttributes)
    if (attributes[name]) return attributes[name];
  return undefined;
}
