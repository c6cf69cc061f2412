import { join } from 'node:path';

/** Where an example reports to and where it keeps its things; read from the environment once, at start. */
export interface PortalSettings {
  /** Base of the suite's API, without a slash at the end. */
  url: string;
  /** Where metrics go, in full. */
  otlpUrl: string;
  token: string | undefined;
  scenarioFile: string | undefined;
  modelDirectory: string;
}

/** Reads the settings of an example from the environment. Throws when an address is no address. */
export function portalSettings(
  env: Record<string, string | undefined>,
  exampleDirectory: string,
): PortalSettings {
  const address = (name: string, otherwise: string): string => {
    const text = env[name] || otherwise;
    if (!URL.canParse(text))
      throw new Error(
        `${name} is '${text}', which is no address; it looks like ${otherwise}`,
      );
    return text.replace(/\/+$/, '');
  };
  const url = address(
    'AI_ASSURANCE_URL',
    'http://127.0.0.1:7007/api/ai-assurance',
  );
  const otlp = address('AI_ASSURANCE_OTLP_URL', `${url}/otlp/v1/metrics`);
  return {
    url,
    otlpUrl: otlp.endsWith('/v1/metrics') ? otlp : `${otlp}/v1/metrics`,
    token: env.AI_ASSURANCE_TOKEN || undefined,
    scenarioFile: env.AI_ASSURANCE_SCENARIO_FILE || undefined,
    modelDirectory:
      env.AI_ASSURANCE_MODEL_DIR || join(exampleDirectory, '.cache'),
  };
}

/** Headers that say who is calling. */
export function portalHeaders(
  settings: PortalSettings,
): Record<string, string> {
  return settings.token ? { authorization: `Bearer ${settings.token}` } : {};
}

/** Says in words why the portal did not take something. `status` is its answer's, if there was an answer. */
export function explainRefusal(
  status: number | undefined,
  message: string,
): string {
  if (status === 401)
    return 'the portal refuses the token (401): AI_ASSURANCE_TOKEN must hold a token that its app-config knows (backend.auth.externalAccess)';
  if (status === 403)
    return 'the portal knows the token but does not let it report here (403): the token needs the right to push telemetry and evidence';
  if (status === 404)
    return 'the portal does not know the address (404): check AI_ASSURANCE_URL and AI_ASSURANCE_OTLP_URL, and that the plugin is installed';
  if (status !== undefined) return `the portal answered ${status}: ${message}`;
  return `the portal cannot be reached: ${message}`;
}

/** Keeps many senders from asking a portal that does not answer, and says what is wrong once instead of each time. */
export class PortalGate {
  readonly #say: (line: string) => void;
  readonly #nowMs: () => number;
  #trouble: string | undefined;
  #failures = 0;
  #closedUntilMs = 0;
  #dropped = 0;

  constructor(say: (line: string) => void, nowMs: () => number) {
    this.#say = say;
    this.#nowMs = nowMs;
  }

  /** Whether sending makes sense now. After failures it does not for a while: 5 s, then twice as long, up to 60 s. */
  isOpen(): boolean {
    return this.#nowMs() >= this.#closedUntilMs;
  }

  delivered(): void {
    if (this.#trouble !== undefined)
      this.#say(
        `The portal takes metrics again; ${
          this.#dropped
        } batches were lost meanwhile`,
      );
    this.#trouble = undefined;
    this.#failures = 0;
    this.#dropped = 0;
    this.#closedUntilMs = 0;
  }

  /** A batch that was not even tried, because the gate was closed. */
  dropped(): void {
    this.#dropped += 1;
  }

  failed(status: number | undefined, message: string): void {
    this.#dropped += 1;
    // Several senders may fail at once; they count as one failure.
    if (!this.isOpen()) return;
    this.#failures += 1;
    const waitMs = Math.min(60_000, 5_000 * 2 ** (this.#failures - 1));
    this.#closedUntilMs = this.#nowMs() + waitMs;
    const trouble = explainRefusal(status, message);
    if (trouble !== this.#trouble)
      this.#say(
        `Metrics were not delivered: ${trouble}. Trying again in ${
          waitMs / 1000
        } s.`,
      );
    this.#trouble = trouble;
  }
}

/** A function that writes log lines of a program, each with its time and name. */
export function logger(
  name: string,
  nowMs: () => number,
): (line: string) => void {
  return line =>
    process.stdout.write(
      `${new Date(nowMs()).toISOString()} ${name}: ${line}\n`,
    );
}
