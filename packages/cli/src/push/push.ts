import { wireShapes } from '@ai-assurance/backstage-plugin-ai-assurance-common';
import { type Answer, jsonOf, NoAnswer } from '../server/post';
import { hopeless, problemOf, unreadableAnswer } from '../server/problem';
import { bodyOf, type Piece } from './batches';
import type { PushItem } from './items';

/** What became of an item; `not-sent` when it could not even be tried. */
export type PushOutcome =
  | 'accepted'
  | 'already-known'
  | 'conflict'
  | 'quarantined'
  | 'refused'
  | 'not-sent';

/** One item that is not evidence now, and why. */
export interface PushProblem {
  readonly where: string;
  readonly source: string | undefined;
  readonly id: string | undefined;
  readonly outcome: PushOutcome;
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** How it ended. */
export interface PushSummary {
  readonly counts: Readonly<Record<PushOutcome, number>>;
  /** Why the rest was not sent; `undefined` when everything was. */
  readonly stopped: string | undefined;
}

/** What a push needs of the world. */
export interface PushDeps {
  readonly api: string;
  /** Sends one body, with retries. Throws NoAnswer when there was none in the end. */
  send(body: string): Promise<Answer>;
  onProblem(problem: PushProblem): void;
}

/** Nothing more can be done here. */
class Halt extends Error {}

/**
 * Sends requests one after the other and tells what became of each item. Safe to repeat as a whole: what is evidence already
 * is known by its source and id. Stops at the first answer after which no other request can do better.
 */
export async function push(
  pieces: AsyncIterable<Piece>,
  deps: PushDeps,
): Promise<PushSummary> {
  const counts: Record<PushOutcome, number> = {
    accepted: 0,
    'already-known': 0,
    conflict: 0,
    quarantined: 0,
    refused: 0,
    'not-sent': 0,
  };
  const tell = (
    { where, source, id }: Pick<PushItem, 'where' | 'source' | 'id'>,
    result: { outcome: PushOutcome; code?: string; message?: string },
  ) => {
    const { outcome, code, message } = result;
    counts[outcome] += 1;
    if (outcome !== 'accepted' && outcome !== 'already-known')
      deps.onProblem({ where, source, id, outcome, code, message });
  };

  const pushBatch = async (batch: readonly PushItem[]): Promise<void> => {
    const answer = await deps.send(bodyOf(batch));
    const halt = hopeless(answer, deps.api);
    if (halt !== undefined) throw new Halt(halt);
    if (answer.status === 413 && batch.length > 1) {
      // The server was given smaller limits than usual.
      const middle = Math.ceil(batch.length / 2);
      await pushBatch(batch.slice(0, middle));
      await pushBatch(batch.slice(middle));
      return;
    }
    if (answer.status !== 200) {
      const { code, message } = problemOf(answer);
      batch.forEach(item => tell(item, { outcome: 'refused', code, message }));
      return;
    }
    const results = resultsOf(answer, batch.length);
    if (!results) throw new Halt(unreadableAnswer(deps.api));
    batch.forEach((item, i) => tell(item, results[i]));
  };

  let stopped: string | undefined;
  try {
    for await (const piece of pieces) {
      if ('batch' in piece) {
        await pushBatch(piece.batch);
        continue;
      }
      const { where, code, message } = piece.unsendable;
      tell(
        { where, source: undefined, id: undefined },
        { outcome: 'not-sent', code, message },
      );
    }
  } catch (error) {
    if (error instanceof NoAnswer)
      stopped = `No answer from ${deps.api}: ${error.message}`;
    else if (error instanceof Halt) stopped = error.message;
    else throw error;
  }
  return { counts, stopped };
}

/** One result for each item, in their order; `undefined` when the answer is not such a list. */
function resultsOf(answer: Answer, count: number) {
  const { data } = wireShapes.ingestResultShape.safeParse(jsonOf(answer));
  if (!data || data.results.length !== count) return undefined;
  const inOrder = [...data.results].sort((a, b) => a.index - b.index);
  return inOrder.every((result, i) => result.index === i) ? inOrder : undefined;
}
