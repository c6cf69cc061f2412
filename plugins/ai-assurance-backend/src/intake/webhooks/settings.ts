import { Config } from '@backstage/config';
import { SignatureScheme } from './signature';

export const WEBHOOK_TYPES = [
  'pagerduty',
  'cdevents',
  'github',
  'hmac',
] as const;

export type WebhookType = (typeof WEBHOOK_TYPES)[number];

/** A sender that is not signed in at Backstage, but signs what it delivers. */
export interface WebhookSettings {
  name: string;
  type: WebhookType;
  secrets: string[];
  scheme: SignatureScheme;
  /** Subjects by the name that the sender has for them. */
  subjectOf: Map<string, string[]>;
  /** Annotation of entities that holds the sender's name of them. */
  annotation: string | undefined;
  /** What a sender of evidence may push about. */
  subjects: string[];
}

const shortestSecret = 16;

const fixedSchemes: Partial<Record<WebhookType, SignatureScheme>> = {
  // PagerDuty, "Verifying Signatures" (v3 webhooks).
  pagerduty: {
    header: 'x-pagerduty-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: 'v1=',
    toleranceSeconds: 0,
  },
  // GitHub, "Validating webhook deliveries".
  github: {
    header: 'x-hub-signature-256',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: 'sha256=',
    toleranceSeconds: 0,
  },
};

const annotations: Partial<Record<WebhookType, string>> = {
  pagerduty: 'pagerduty.com/service-id',
  github: 'github.com/project-slug',
};

function oneOf<T extends string>(
  value: string,
  choices: readonly T[],
  where: string,
): T {
  const choice = choices.find(one => one === value);
  if (choice === undefined)
    throw new Error(`${where}: "${value}" is none of ${choices.join(', ')}`);
  return choice;
}

function secretsOf(config: Config, where: string): string[] {
  const value = config.get('secret');
  const secrets = (Array.isArray(value) ? value : [value]) as unknown[];
  for (const secret of secrets) {
    // The secret itself is never told.
    if (typeof secret !== 'string' || secret.length < shortestSecret)
      throw new Error(
        `${where}.secret: a secret is a text of ${shortestSecret} characters or more`,
      );
  }
  if (secrets.length === 0) throw new Error(`${where}.secret: there is none`);
  return secrets as string[];
}

function schemeOf(
  config: Config,
  type: WebhookType,
  where: string,
): SignatureScheme {
  const fixed = fixedSchemes[type];
  if (fixed) return fixed;
  const signature = config.getOptionalConfig('signature');
  return {
    header: (
      signature?.getOptionalString('header') ?? 'x-signature-256'
    ).toLocaleLowerCase('en-US'),
    algorithm: oneOf(
      signature?.getOptionalString('algorithm') ?? 'sha256',
      ['sha256', 'sha512'],
      `${where}.signature.algorithm`,
    ),
    encoding: oneOf(
      signature?.getOptionalString('encoding') ?? 'hex',
      ['hex', 'base64'],
      `${where}.signature.encoding`,
    ),
    prefix: signature?.getOptionalString('prefix') ?? '',
    timestampHeader: signature
      ?.getOptionalString('timestampHeader')
      ?.toLocaleLowerCase('en-US'),
    toleranceSeconds: signature?.getOptionalNumber('toleranceSeconds') ?? 300,
  };
}

/** Reads `aiAssurance.intake.webhooks`. Throws with the place when it cannot be used; secrets are never told. */
export function readWebhooks(config: Config): WebhookSettings[] {
  const list =
    config.getOptionalConfigArray('aiAssurance.intake.webhooks') ?? [];
  const names = new Set<string>();
  return list.map((entry, index) => {
    const where = `aiAssurance.intake.webhooks[${index}]`;
    const name = entry.getString('name');
    if (!/^[a-z0-9][a-z0-9-]{0,49}$/.test(name))
      throw new Error(
        `${where}.name: "${name}" is not a name of lower-case letters, digits and dashes`,
      );
    if (names.has(name))
      throw new Error(`${where}.name: there are two webhooks named ${name}`);
    names.add(name);
    const type = oneOf(entry.getString('type'), WEBHOOK_TYPES, `${where}.type`);
    const subjectOf = new Map<string, string[]>();
    for (const mapping of entry.getOptionalConfigArray('subjectOf') ?? []) {
      const id = mapping.getString('id');
      const subject = mapping.getString('subject').toLocaleLowerCase('en-US');
      subjectOf.set(id, [...(subjectOf.get(id) ?? []), subject]);
    }
    const subjects = entry.getOptionalStringArray('subjects') ?? [];
    if (type === 'hmac' && subjects.length === 0)
      throw new Error(
        `${where}.subjects: name the subjects that ${name} may push evidence about, or "*"`,
      );
    return {
      name,
      type,
      secrets: secretsOf(entry, where),
      scheme: schemeOf(entry, type, where),
      subjectOf,
      annotation: entry.getOptionalString('annotation') ?? annotations[type],
      subjects: subjects.map(subject => subject.toLocaleLowerCase('en-US')),
    };
  });
}
