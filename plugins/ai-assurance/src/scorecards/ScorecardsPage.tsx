import {
  AnswerOf,
  ScorecardBoard,
  VERDICT_STATUSES,
} from '@ai-assurance/backstage-plugin-ai-assurance-common';
import {
  AiAssuranceApi,
  aiAssuranceApiRef,
  AnswerView,
  EmptyState,
  Sentence,
  useAnswer,
  useUrlState,
} from '@ai-assurance/backstage-plugin-ai-assurance-react';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { AsOfLimits } from '../shared/asOf/AsOfLimits';
import { useAsOf } from '../shared/asOf/useAsOf';
import { Page } from '../shared/Page';
import { aiAssuranceTranslationRef } from '../translation';
import { Board } from './Board';
import { boardsUrl, pageOfUrl } from './boardsUrl';

/** All scorecards: subjects by checks, worst first; a cell opens why and what now. */
export function ScorecardsPage() {
  const api = useApi(aiAssuranceApiRef);
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  const { asOf, poll } = useAsOf();
  const [{ verdict, page }] = useUrlState(boardsUrl);
  const answer = useAnswer(
    signal => loadBoards(api, { verdict, page, signal, asOf }),
    [asOf, verdict, page],
    {
      pollSeconds: poll(20),
      isEmpty: ({ scorecards }) => scorecards.length === 0,
      keepOnChange: true,
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

/** The first page of every board, and of one that somebody turned, the page that it was turned to. */
async function loadBoards(
  api: AiAssuranceApi,
  asked: {
    verdict: string;
    page: string;
    signal: AbortSignal;
    asOf: string | undefined;
  },
): Promise<AnswerOf<'listScorecards'>> {
  const { signal, asOf } = asked;
  const verdict = VERDICT_STATUSES.find(status => status === asked.verdict);
  const query = verdict ? { verdict } : {};
  const turned = pageOfUrl(asked.page);
  const [all, one] = await Promise.all([
    api.listScorecards({ signal, asOf, query }),
    turned
      ? api.listScorecards({ signal, asOf, query: { ...query, ...turned } })
      : undefined,
  ]);
  return {
    ...all,
    scorecards: all.scorecards.map(
      board =>
        one?.scorecards.find(
          ({ scorecardId }) => scorecardId === board.scorecardId,
        ) ?? board,
    ),
  };
}

function BoardWithSentence(props: { board: ScorecardBoard }) {
  const { board } = props;
  const { t } = useTranslationRef(aiAssuranceTranslationRef);
  return (
    <>
      <Sentence status={board.rollUp.status}>
        {board.title}
        {': '}
        {board.judgedCount === 0
          ? t('scorecards.sentenceNothing')
          : t('scorecards.sentence', {
              count: board.troubledCount,
              total: String(board.judgedCount),
              subjects: t('scorecards.subjects', {
                count: board.subjectCount,
              }),
            })}
      </Sentence>
      <Board board={board} />
    </>
  );
}
