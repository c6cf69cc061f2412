import { readFile } from 'node:fs/promises';
import { UsageError } from '../words';
import type { Surroundings } from './surroundings';

/** Where the suite answers, and how this caller proves who it is. */
export interface Connection {
  /** Base of the suite's API, without a slash at its end. */
  readonly api: string;
  readonly token: string;
  /** What a person should know before the token leaves this machine. */
  readonly warning: string | undefined;
}

/** Options that every command which talks to a server has. */
export interface ServerOptions {
  server?: string;
  tokenFile?: string;
}

/**
 * Reads `--server` and the token. The token comes from a file or from AI_ASSURANCE_TOKEN, never from the command line, which
 * other users of the machine can read. Throws UsageError.
 */
export async function connectionOf(
  options: ServerOptions,
  { env }: Pick<Surroundings, 'env'>,
): Promise<Connection> {
  const given = options.server ?? env.AI_ASSURANCE_SERVER;
  if (!given)
    throw new UsageError(
      'Which server? Give --server https://backstage.example.com, or set AI_ASSURANCE_SERVER',
    );
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError(`--server is no http or https address: ${given}`);
  if (url.username || url.password || url.search || url.hash)
    throw new UsageError(
      '--server is the base address alone: no user, password, query or fragment. The token comes from AI_ASSURANCE_TOKEN or --token-file',
    );
  const token = await tokenOf(options, env);
  const isLoopback =
    url.hostname === 'localhost' ||
    url.hostname === '[::1]' ||
    /^127\./.test(url.hostname);
  return {
    api: `${url.origin}${url.pathname.replace(/\/+$/, '')}/api/ai-assurance`,
    token,
    warning:
      url.protocol === 'http:' && !isLoopback
        ? `The token goes to ${url.host} unencrypted: use https.`
        : undefined,
  };
}

async function tokenOf(
  { tokenFile }: ServerOptions,
  env: Surroundings['env'],
): Promise<string> {
  let text = env.AI_ASSURANCE_TOKEN;
  const where = tokenFile === undefined ? 'AI_ASSURANCE_TOKEN' : tokenFile;
  if (tokenFile !== undefined) {
    try {
      text = await readFile(tokenFile, 'utf8');
    } catch {
      throw new UsageError(`The token file cannot be read: ${tokenFile}`);
    }
  }
  const token = text?.trim();
  if (!token) {
    if (tokenFile !== undefined)
      throw new UsageError(`The token file is empty: ${tokenFile}`);
    throw new UsageError(
      'No token: set AI_ASSURANCE_TOKEN or give --token-file',
    );
  }
  // The token itself is never shown, not even when it is wrong.
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new UsageError(
      `${where} does not hold a token: one word, without spaces or line breaks in it`,
    );
  return token;
}
