import { type Answer, jsonOf } from './post';

/** What a server said when it did not do what was asked. */
export interface ServerProblem {
  readonly code: string;
  readonly message: string;
}

/** Reads the error that Backstage answers; of anything else only the status is told, as it may be a page of a proxy. */
export function problemOf(answer: Answer): ServerProblem {
  const said = jsonOf(answer) as
    | { error?: { code?: unknown; message?: unknown } | null }
    | null
    | undefined;
  const error = said?.error ?? {};
  return {
    code: typeof error.code === 'string' ? error.code : `HTTP_${answer.status}`,
    message:
      typeof error.message === 'string'
        ? error.message
        : `the server answered with status ${answer.status}`,
  };
}

/** Why a status means that nothing else will work either; `undefined` when it is about what was sent. */
export function hopeless(answer: Answer, api: string): string | undefined {
  const { status } = answer;
  if (status === 401)
    return 'The server does not accept the token (401). Set AI_ASSURANCE_TOKEN or --token-file to an external access token of Backstage';
  if (status === 404)
    return `There is no AI Assurance at ${api} (404). Give the base address of the Backstage backend as --server`;
  if (status >= 300 && status < 400)
    return `The server sends elsewhere (${status}), and the token is not carried along. Give the address it leads to as --server`;
  if (status >= 500 || status === 429 || status === 408 || status === 425)
    return `The server did not take it: ${
      problemOf(answer).message
    } (${status})`;
  return undefined;
}

/** What is said of a good status with an answer that is none of ours. */
export function unreadableAnswer(api: string): string {
  return `What answers at ${api} is not AI Assurance, or a newer one: its answer cannot be read`;
}
