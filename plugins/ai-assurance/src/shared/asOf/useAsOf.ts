import { useUrlState } from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { momentMs } from './moment';
import { aiAssuranceAsOfTranslationRef } from './translation';

/** The moment that a page is about. */
export interface AsOfState {
  /** For calls; `undefined`: now. As the URL has it, since the server says best what is wrong with it. */
  asOf: string | undefined;
  /** The same in epoch milliseconds: what is judged by the clock is judged by it. `undefined`: now, or not readable. */
  atMs: number | undefined;
  /** Why an action is disabled; `undefined` when it is not for this reason. */
  disabledReason: string | undefined;
  /** How often to ask again: what was known then does not change. */
  poll(seconds: number): number | undefined;
  /** Goes to a moment, or back to now. */
  setAsOf(asOf: string | undefined): void;
}

/** Reads the moment of the page from its URL, where it can be handed on. */
export function useAsOf(): AsOfState {
  const { t } = useTranslationRef(aiAssuranceAsOfTranslationRef);
  const [url, setUrl] = useUrlState({ asOf: '', cursor: '' });
  const isPast = url.asOf !== '';
  return {
    asOf: isPast ? url.asOf : undefined,
    atMs: momentMs(url.asOf),
    disabledReason: isPast ? t('disabled') : undefined,
    poll: seconds => (isPast ? undefined : seconds),
    // A page of a list is counted from the newest entry of its moment.
    setAsOf: asOf => setUrl({ asOf: asOf ?? '', cursor: '' }, { push: true }),
  };
}
