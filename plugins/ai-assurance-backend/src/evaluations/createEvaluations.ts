import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { SubjectAnswers } from '../cohorts';
import { readRiskLists } from '../imports';
import { Ledger, LedgerAnswers, LedgerHistory } from '../ledger';
import {
  Access,
  Binder,
  Clock,
  createUrlFiles,
  Db,
  Outbox,
  Task,
} from '../platform';
import { EvaluationAnswers } from './EvaluationAnswers';
import { EvaluationService } from './EvaluationService';
import { EvaluationStore } from './EvaluationStore';
import { parseGates } from './readGates';
import { registerEvaluationRoutes } from './routes';

const defaultEverySeconds = 300;

export interface EvaluationDeps {
  db: Db;
  clock: Clock;
  outbox: Outbox;
  /** The root config; `aiAssurance.evaluations` is read from it. */
  config: Config;
  logger: LoggerService;
  ledger: Pick<Ledger, 'append'>;
  ledgerAnswers: LedgerAnswers & LedgerHistory;
  subjects: SubjectAnswers;
  urlReader: UrlReaderService;
}

export interface EvaluationRoom {
  answers: EvaluationAnswers;
  tasks: Task[];
  /** Judges the named subjects now, or all; for use after their evidence changed. Safe to repeat. */
  judge(subjects?: string[]): Promise<void>;
  registerRoutes(binder: Binder, access: Access): void;
}

/** Wires the room. Throws `BAD_FILE` when the configured gates are wrong: the start is refused. */
export function createEvaluations(deps: EvaluationDeps): EvaluationRoom {
  const config = deps.config.getOptionalConfig('aiAssurance.evaluations');
  const file = config?.getOptionalString('gatesFile');
  let defaults;
  if (file !== undefined) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      throw new InputError(
        `aiAssurance.evaluations.gatesFile: ${file} cannot be read`,
      );
    }
    defaults = {
      source: basename(file),
      gates: parseGates(text, basename(file)),
    };
  }
  const store = new EvaluationStore(deps.db);
  const service = new EvaluationService({
    ...deps,
    urlFiles: createUrlFiles({ urlReader: deps.urlReader }),
    store,
    defaults,
  });
  const answers = new EvaluationAnswers({
    ...deps,
    store,
    risks: readRiskLists().entries,
  });
  return {
    answers,
    tasks: [
      {
        id: 'evaluations-judge',
        everySeconds:
          config?.getOptionalNumber('judgeEverySeconds') ?? defaultEverySeconds,
        run: () => service.judge(),
      },
    ],
    judge: subjects => service.judge(subjects),
    registerRoutes: (binder, access) =>
      registerEvaluationRoutes(binder, access, answers),
  };
}
