import { Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import { createJsonClient, HttpTarget } from './jsonClient';

const defaultTimeoutMs = 20_000;
const defaultMaxBytes = 8 * 1024 * 1024;

/**
 * Reads where a system answers from the config of its module. Keys: `baseUrl`; `auth` with `type: bearer` and `token`, or
 * `type: basic` with `username` and `password`, or `type: header` with `name` and `value`; `timeout` (a duration, default
 * 20 seconds); `maxAnswerBytes` (default 8 MiB). Throws an InputError that names the key and never its value. The module's
 * `config.d.ts` MUST mark `token`, `password` and `value` as secret.
 * @public
 */
export function readHttpTarget(
  config: Config,
  options: {
    name: string;
    path: string;
    /** Key of the credentials, when they are not those in `auth`. */
    authKey?: string;
  },
): HttpTarget {
  const { name, path, authKey = 'auth' } = options;
  const target: HttpTarget = {
    name,
    baseUrl: config.getString('baseUrl'),
    headers: headersOf(config.getOptionalConfig(authKey), `${path}.${authKey}`),
    timeoutMs: config.has('timeout')
      ? durationToMilliseconds(
          readDurationFromConfig(config, { key: 'timeout' }),
        )
      : defaultTimeoutMs,
    maxBytes: config.getOptionalNumber('maxAnswerBytes') ?? defaultMaxBytes,
  };
  if (!(target.timeoutMs >= 1 && target.timeoutMs <= 600_000))
    throw new InputError(`${path}.timeout: at most ten minutes`);
  if (!(Number.isSafeInteger(target.maxBytes) && target.maxBytes > 0))
    throw new InputError(`${path}.maxAnswerBytes: a whole number of bytes`);
  try {
    createJsonClient(target);
  } catch (error) {
    throw new InputError(`${path}.baseUrl: ${(error as Error).message}`);
  }
  return target;
}

function headersOf(
  auth: Config | undefined,
  path: string,
): Record<string, string> {
  if (!auth) return {};
  const headers = new Headers();
  const set = (name: string, value: string, from: string) => {
    try {
      headers.set(name, value);
    } catch {
      throw new InputError(`${from}: cannot be sent as an HTTP header`);
    }
  };
  const type = auth.getString('type');
  if (type === 'bearer') {
    set('authorization', `Bearer ${auth.getString('token')}`, `${path}.token`);
  } else if (type === 'basic') {
    const pair = `${auth.getString('username')}:${auth.getString('password')}`;
    const encoded = Buffer.from(pair, 'utf8').toString('base64');
    set('authorization', `Basic ${encoded}`, path);
  } else if (type === 'header') {
    set(auth.getString('name'), auth.getString('value'), path);
  } else {
    throw new InputError(`${path}.type: one of bearer, basic, header`);
  }
  return Object.fromEntries(headers);
}
