import { parseEntityRef } from '@backstage/catalog-model';
import { Config } from '@backstage/config';

/** Where orders to roll back go. */
export interface RollbackSettings {
  /** With `{kind}`, `{namespace}` and `{name}` of the service. */
  urlTemplate: string;
  secret: string;
  timeoutMs: number;
  /** Services that it knows; `*` for all. */
  subjects: string[];
  /** Whether and how it is undone, in words. */
  undo: string;
}

const shortestSecret = 16;
const longestTimeoutSeconds = 60;
const where = 'aiAssurance.actions.rollback';
const defaultUndo =
  'It is undone by deploying the version again with the same system; nothing here does that by itself.';

/** Reads the settings; `undefined` when none are there. Throws at start when they are wrong, naming the key. */
export function readRollbackSettings(
  root: Config,
): RollbackSettings | undefined {
  const config = root.getOptionalConfig(where);
  if (!config) return undefined;
  const urlTemplate = config.getString('url');
  if (
    !/^https?:\/\//.test(urlTemplate) ||
    !URL.canParse(urlTemplate.replace(/[{}]/g, ''))
  )
    throw new Error(
      `${where}.url: "${urlTemplate}" is no address. It looks like https://deploy.example.com/rollbacks/{name}`,
    );
  const unknown = /\{(?!kind\}|namespace\}|name\})[^}]*\}/.exec(urlTemplate);
  if (unknown)
    throw new Error(
      `${where}.url: ${unknown[0]} is not known; there are {kind}, {namespace} and {name}`,
    );
  const secret = config.getString('secret');
  // The secret itself is never told.
  if (secret.length < shortestSecret)
    throw new Error(
      `${where}.secret: has to have ${shortestSecret} characters or more`,
    );
  const timeoutSeconds = config.getOptionalNumber('timeoutSeconds') ?? 10;
  if (!(timeoutSeconds >= 1 && timeoutSeconds <= longestTimeoutSeconds))
    throw new Error(
      `${where}.timeoutSeconds: has to lie between 1 and ${longestTimeoutSeconds}, not ${timeoutSeconds}`,
    );
  return {
    urlTemplate,
    secret,
    timeoutMs: timeoutSeconds * 1000,
    subjects: config.getOptionalStringArray('subjects') ?? ['*'],
    undo: config.getOptionalString('undo') ?? defaultUndo,
  };
}

/** Whether the settings reach a service. */
export function reaches(settings: RollbackSettings, subject: string): boolean {
  return settings.subjects.includes('*') || settings.subjects.includes(subject);
}

/** The address for one service, `kind:namespace/name`. */
export function urlFor(settings: RollbackSettings, subject: string): string {
  const { kind, namespace, name } = parseEntityRef(subject);
  const parts: Record<string, string> = { kind, namespace, name };
  return settings.urlTemplate.replace(/\{(kind|namespace|name)\}/g, (_, key) =>
    encodeURIComponent(parts[key]),
  );
}
