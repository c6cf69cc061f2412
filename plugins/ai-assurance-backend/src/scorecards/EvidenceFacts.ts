import { EvidenceType } from '@ai-assurance/evidence';
import { LedgerNewest } from '../ledger';
import { Fact } from './core/judge';

/** Enough for what is recorded again every few minutes; of the rest more is asked for. */
const firstPageSize = 12;
const pageSize = 100;
/** Items looked at for one question. Whatever lies behind them is not found, and not found is never a pass. */
const itemLimit = 1000;
/** Questions of one statement: what it answers stays within some megabytes. */
const questionsAtOnce = 1000;

/** Evidence of one kind about a subject, as far back as it can still change an answer. */
export interface FactsQuestion {
  subject: string;
  type: EvidenceType;
  sinceMs: number;
}

/**
 * For each question the evidence, newest first: the newest 12 items, and further ones as long as they are younger than
 * `sinceMs`, at most 1,000. Hundreds of subjects are read in one statement, and only what goes on in further ones.
 */
export async function readFacts(
  ledger: LedgerNewest,
  questions: readonly FactsQuestion[],
): Promise<Fact[][]> {
  const facts = questions.map((): Fact[] => []);
  const openOnes = questions.map((_, at) => at);
  for (let start = 0; start < openOnes.length; start += questionsAtOnce)
    await readToTheEnd(
      ledger,
      questions,
      openOnes.slice(start, start + questionsAtOnce),
      facts,
    );
  return facts;
}

async function readToTheEnd(
  ledger: LedgerNewest,
  questions: readonly FactsQuestion[],
  all: number[],
  facts: Fact[][],
): Promise<void> {
  let asked = all;
  for (let isFirst = true; asked.length > 0; isFirst = false)
    asked = await readOn(ledger, questions, asked, {
      facts,
      limit: isFirst ? firstPageSize : pageSize,
    });
}

/** Reads the next page of each, and answers those that go on. */
async function readOn(
  ledger: LedgerNewest,
  questions: readonly FactsQuestion[],
  asked: number[],
  { facts, limit }: { facts: Fact[][]; limit: number },
): Promise<number[]> {
  const pages = await ledger.newestOfEach(
    asked.map(at => ({
      subject: questions[at].subject,
      type: questions[at].type,
      beforePosition: facts[at].at(-1)?.position,
    })),
    limit,
  );
  return asked.filter((at, i) => {
    const page = pages[i];
    facts[at].push(...page);
    const last = page.at(-1);
    return (
      last !== undefined &&
      page.length === limit &&
      last.timeMs >= questions[at].sinceMs &&
      facts[at].length < itemLimit
    );
  });
}
