import {
  aiAssuranceApiRef,
  Sentence,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { useAsOf } from '../shared/asOf/useAsOf';
import { aiAssuranceTranslationRef } from '../translation';

const mostCounted = 200;

/** How many releases wait, and how many of them for the reader. Draws nothing where the list below says what failed. */
export function WaitingSentence() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf, poll } = useAsOf();
  const waiting = useAnswer(
    signal =>
      api.listReleases(
        { state: 'in-review', limit: mostCounted },
        { signal, asOf },
      ),
    [asOf],
    { pollSeconds: poll(20), keepOnChange: true },
  );
  if (waiting.state !== 'ready') return null;

  const { releases, nextCursor } = waiting.value;
  const count = releases.length;
  if (count === 0) return <Sentence>{t('releases.waitingNone')}</Sentence>;
  const mine = releases.filter(release => release.mayVote.allowed).length;
  return (
    <Sentence
      detail={
        mine === 0
          ? t('releases.waitingMineNone')
          : t('releases.waitingMine', { count: mine })
      }
    >
      {nextCursor === undefined
        ? t('releases.waiting', { count })
        : t('releases.waitingMany', { counted: String(count) })}
    </Sentence>
  );
}
