import { ScorecardBoard } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  aiAssuranceApiRef,
  AnswerView,
  EmptyState,
  Sentence,
  useAnswer,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Page } from '../shared/Page';
import { aiAssuranceTranslationRef } from '../translation';
import { Board } from './Board';

/** All scorecards: subjects by checks, worst first; a cell opens why and what now. */
export function ScorecardsPage() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf, poll } = useAsOf();
  const answer = useAnswer(
    signal => api.listScorecards({ signal, asOf }),
    [asOf],
    {
      pollSeconds: poll(20),
      isEmpty: ({ scorecards }) => scorecards.length === 0,
    },
  );
  return (
    <Page canLookBack>
      <AnswerView
        answer={answer}
        skeleton={[56, 40, 320]}
        empty={() => (
          <EmptyState
            title={t('scorecards.emptyTitle')}
            description={t('scorecards.emptyDescription')}
          />
        )}
      >
        {boards => (
          <>
            <AsOfLimits answer={boards} />
            {boards.scorecards.map(board => (
              <BoardWithSentence key={board.scorecardId} board={board} />
            ))}
          </>
        )}
      </AnswerView>
    </Page>
  );
}

function BoardWithSentence(props: { board: ScorecardBoard }) {
  const { board } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const judged = board.rows
    .flatMap(row => row.checks)
    .filter(check => check.verdict.status !== 'not-applicable');
  const troubled = judged.filter(
    check =>
      check.verdict.status === 'fail' ||
      check.verdict.status === 'inconclusive',
  );
  return (
    <>
      <Sentence status={board.rollUp.status}>
        {board.title}
        {': '}
        {judged.length === 0
          ? t('scorecards.sentenceNothing')
          : t('scorecards.sentence', {
              count: troubled.length,
              total: String(judged.length),
              subjects: String(board.rows.length),
            })}
      </Sentence>
      <Board board={board} />
    </>
  );
}
