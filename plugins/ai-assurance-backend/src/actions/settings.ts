import { RollbackManager } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import { Config } from '@backstage/config';
import { fleetWay } from './fleetWay';
import { RollbackWay } from './types';
import { webhookWay } from './webhookWay';

const shortestSecret = 16;
const longestTimeoutSeconds = 60;
const where = 'aiAssurance.actions.rollback';
const defaultUndo =
  'It is undone by deploying the version again with the same system; nothing here does that by itself.';

/**
 * Reads the ways in which services are rolled back: those of single services first. Throws at start when a setting is wrong,
 * naming the key.
 */
export function readRollbackWays(
  root: Config,
  managers: readonly RollbackManager[],
): RollbackWay[] {
  const config = root.getOptionalConfig(where);
  if (!config) return [];
  const timeoutMs = readTimeoutMs(config, where);
  const undo = config.getOptionalString('undo') ?? defaultUndo;
  const fleets = (config.getOptionalConfigArray('fleets') ?? []).map(
    (fleet, index) =>
      readFleet(fleet, `${where}.fleets[${index}]`, managers, timeoutMs),
  );
  fleets.forEach(({ subject }, index) => {
    if (fleets.findIndex(one => one.subject === subject) !== index)
      throw new Error(
        `${where}.fleets[${index}].subject: ${subject} has an entry already`,
      );
  });
  const ways = fleets.map(({ way }) => way);
  // Fleets alone need no address of ours.
  return ways.length > 0 && !config.has('url')
    ? ways
    : [...ways, webhookWay({ ...readWebhook(config), timeoutMs, undo })];
}

function readTimeoutMs(config: Config, path: string): number {
  const timeoutSeconds = config.getOptionalNumber('timeoutSeconds') ?? 10;
  if (!(timeoutSeconds >= 1 && timeoutSeconds <= longestTimeoutSeconds))
    throw new Error(
      `${path}.timeoutSeconds: has to lie between 1 and ${longestTimeoutSeconds}, not ${timeoutSeconds}`,
    );
  return timeoutSeconds * 1000;
}

function readWebhook(config: Config) {
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
  return {
    urlTemplate,
    secret,
    subjects: config.getOptionalStringArray('subjects') ?? ['*'],
  };
}

function readFleet(
  config: Config,
  path: string,
  managers: readonly RollbackManager[],
  timeoutMs: number,
): { subject: string; way: RollbackWay } {
  const id = config.getString('manager');
  const manager = managers.find(one => one.id === id);
  if (!manager)
    throw new Error(
      `${path}.manager: "${id}" is not there. ${
        managers.length === 0
          ? 'No module of a fleet manager is installed and configured.'
          : `Installed and configured: ${managers
              .map(one => one.id)
              .join(', ')}.`
      }`,
    );
  const subject = readSubject(config.getString('subject'), path);
  return {
    subject,
    way: fleetWay(manager.route(config, path), {
      subject,
      title: manager.title,
      timeoutMs: config.has('timeoutSeconds')
        ? readTimeoutMs(config, path)
        : timeoutMs,
      undo:
        config.getOptionalString('undo') ??
        `It is undone by rolling the version out again in ${manager.title}; what was stopped there is not set going again.`,
    }),
  };
}

function readSubject(ref: string, path: string): string {
  try {
    return stringifyEntityRef(parseEntityRef(ref)).toLocaleLowerCase('en-US');
  } catch {
    throw new Error(
      `${path}.subject: "${ref}" is no entity ref. It looks like component:default/digit-api`,
    );
  }
}
