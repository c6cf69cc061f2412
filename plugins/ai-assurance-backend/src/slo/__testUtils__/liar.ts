import {
  StandInAnswer,
  startStandIn,
} from '@ai-assurance/backstage-plugin-ai-assurance-node/testUtils';

/** An engine that answers as it is told. */
export const openLiar = async () => {
  let lie: (question: URLSearchParams) => StandInAnswer = () => ({});
  const standIn = await startStandIn(request =>
    lie(new URLSearchParams(request.body)),
  );
  return {
    ...standIn,
    say: (next: typeof lie) => {
      lie = next;
    },
  };
};
/** The moments that are asked about. */
export const stepsOf = (question: URLSearchParams): number[] => {
  const from = Number(question.get('start'));
  const to = Number(question.get('end'));
  return Array.from({ length: (to - from) / 60 + 1 }, (_, i) => from + i * 60);
};
/** An answer of series. */
export const matrix = (result: object[]): StandInAnswer => ({
  json: JSON.parse(
    JSON.stringify({
      status: 'success',
      data: { resultType: 'matrix', result },
    }),
  ),
});
/** One series of one of the questions. */
export const series = (part: number, values: [number, string][]) => ({
  metric: { ai_assurance_question: String(part) },
  values,
});
