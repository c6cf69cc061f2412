import { Config, readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import { Chance, withCode } from '../../platform';
import { fileTarget } from './fileTarget';
import { PublicationTarget } from './targets';
import { timestampTarget } from './timestampTarget';
import { witnessTarget } from './witnessTarget';

const publishKey = 'aiAssurance.ledger.publish';
const authorityKey = 'aiAssurance.ledger.timestampAuthority';
const defaultEveryMs = 5 * 60_000;
const defaultTimestampEveryMs = 60 * 60_000;

/** Where heads are published, from the configuration. Throws `BAD_PUBLICATION`, naming the key. */
export function readTargets(
  config: Config,
  chance: Chance,
): PublicationTarget[] {
  const targets = (config.getOptionalConfigArray(publishKey) ?? []).map(
    (entry, i) => targetOf(entry, `${publishKey}[${i}]`),
  );
  const authority = config.getOptionalConfig(authorityKey);
  if (authority) {
    const url = httpUrl(authority.getString('url'), `${authorityKey}.url`);
    targets.push(
      timestampTarget(
        { url, everyMs: everyMs(authority, defaultTimestampEveryMs) },
        chance,
      ),
    );
  }
  const names = targets.map(target => target.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw bad(publishKey, `${twice} stands there twice`);
  return targets;
}

function targetOf(entry: Config, key: string): PublicationTarget {
  const type = entry.getString('type');
  const every = everyMs(entry, defaultEveryMs);
  if (type === 'file')
    return fileTarget({ path: entry.getString('path'), everyMs: every });
  if (type !== 'witness')
    throw bad(`${key}.type`, `"${type}" is neither file nor witness`);
  const url = httpUrl(entry.getString('url'), `${key}.url`);
  try {
    return witnessTarget({
      url,
      verifierKey: entry.getString('verifierKey'),
      everyMs: every,
    });
  } catch (error) {
    throw bad(`${key}.verifierKey`, (error as Error).message);
  }
}

function everyMs(entry: Config, otherwise: number): number {
  return entry.has('every')
    ? durationToMilliseconds(readDurationFromConfig(entry, { key: 'every' }))
    : otherwise;
}

function httpUrl(text: string, key: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw bad(key, `"${text}" is no http or https address`);
  return text;
}

function bad(key: string, why: string): Error {
  return withCode(new Error(`${key}: ${why}.`), 'BAD_PUBLICATION');
}
