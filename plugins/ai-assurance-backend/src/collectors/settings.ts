import { EvidenceCollector } from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/** How one collector is run. */
export interface CollectorSettings {
  isEnabled: boolean;
  everySeconds: number;
  timeoutSeconds: number;
  maxFacts: number;
}

const defaultMaxFacts = 1000;
/** A round lasts no longer than five minutes; a run has to fit in with room for its transaction. */
const maxTimeoutSeconds = 240;

/** Reads `aiAssurance.collectors.<id>`. Throws InputError, naming the key, for a number that cannot be meant. */
export function readCollectorSettings(
  config: Config,
  collector: EvidenceCollector,
): CollectorSettings {
  const path = `aiAssurance.collectors.${collector.id}`;
  const own = config.getOptionalConfig(path);
  const whole = (key: string, fallback: number, min: number, max: number) => {
    const value = own?.getOptionalNumber(key) ?? fallback;
    if (!Number.isSafeInteger(value) || value < min || value > max)
      throw new InputError(
        `${path}.${key}: ${value} is not a whole number from ${min} to ${max}`,
      );
    return value;
  };
  const { everySeconds, timeoutSeconds } = collector.schedule;
  return {
    isEnabled: own?.getOptionalBoolean('enabled') ?? true,
    everySeconds: whole('everySeconds', everySeconds, 10, 7 * 86_400),
    timeoutSeconds: whole(
      'timeoutSeconds',
      timeoutSeconds,
      1,
      maxTimeoutSeconds,
    ),
    maxFacts: whole('maxFacts', defaultMaxFacts, 1, 5000),
  };
}

/** Ids in the config that no module brought: a typing error, or a module that is gone. */
export function unknownCollectorIds(
  config: Config,
  collectors: readonly EvidenceCollector[],
): string[] {
  const known = new Set(collectors.map(collector => collector.id));
  const configured =
    config.getOptionalConfig('aiAssurance.collectors')?.keys() ?? [];
  return configured.filter(id => !known.has(id));
}
