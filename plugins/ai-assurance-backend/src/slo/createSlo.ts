import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { Config } from '@backstage/config';
import { SubjectAnswers } from '../cohorts';
import { Ledger, LedgerHistory } from '../ledger';
import {
  Access,
  Binder,
  Clock,
  createTell,
  createUrlFiles,
  Db,
  Ids,
  Notifications,
  Outbox,
  Task,
} from '../platform';
import {
  countBelow,
  groupMinimums,
  LEAST_GROUP_SIZE,
  readRetention,
  TelemetryAnswers,
} from '../telemetry';
import { isEngineCounter } from './core/engineAnswers';
import { Reading } from './core/readings';
import { CorrectionService } from './CorrectionService';
import { CorrectionStore } from './CorrectionStore';
import { CountKeeper } from './CountKeeper';
import { CountService } from './CountService';
import { readEngines } from './engines';
import { HourMemory } from './HourMemory';
import { loadBudgetPolicies } from './loadBudgetPolicies';
import { loadBurnWindows } from './loadBurnWindows';
import { NoticeStore } from './NoticeStore';
import { messageOf } from './notify';
import { PastObjectives } from './PastObjectives';
import { registerSloRoutes } from './routes';
import { SegmentGroups } from './SegmentGroups';
import { SeriesStore } from './SeriesStore';
import { createSloAnswers } from './SloAnswers';
import { SloDocuments } from './SloDocuments';
import { SloService } from './SloService';
import { SloStore } from './SloStore';
import { StatusStore } from './StatusStore';
import { SloAnswers } from './types';

export interface SloDeps {
  db: Db;
  clock: Clock;
  ids: Ids;
  outbox: Outbox;
  ledger: Ledger;
  ledgerAnswers: LedgerHistory;
  logger: LoggerService;
  config: Config;
  subjects: SubjectAnswers;
  telemetry: TelemetryAnswers;
  urlReader: UrlReaderService;
  notifications: Notifications;
}

const defaultEverySeconds = 60;
const notifyEverySeconds = 10;

/** Objectives from OpenSLO documents. Throws when a data file of the plugin or the config is wrong. */
export async function createSlo(deps: SloDeps): Promise<{
  answers: SloAnswers;
  tasks: Task[];
  registerRoutes(binder: Binder, access: Access): void;
}> {
  const { db, clock, telemetry } = deps;
  const config = deps.config.getOptionalConfig('aiAssurance');
  const engines = readEngines(deps.config);
  const burnWindows = await loadBurnWindows(
    config?.getOptionalString('slo.burnWindowsDirectory'),
  );
  const policies = await loadBudgetPolicies(
    config?.getOptionalString('slo.errorBudgetPolicyFile'),
  );
  const retentionMs = readRetention(deps.config).minute;
  const wholeFromMs = ({ counter }: Reading, fromMs: number, toMs: number) => {
    const keptMs = isEngineCounter(counter)
      ? engines.find(one => one.name === counter.engine)?.retentionMs
      : retentionMs;
    return keptMs === undefined ? fromMs : Math.max(fromMs, toMs - keptMs);
  };
  const series = new SeriesStore(db);
  const memory = new HourMemory(series);
  const store = new SloStore(db, series);
  const statuses = new StatusStore(db);
  const corrections = new CorrectionStore(db);
  const notices = new NoticeStore(db);
  const service = new SloService({
    ...deps,
    documents: new SloDocuments({
      store,
      subjects: deps.subjects,
      urlFiles: createUrlFiles({ urlReader: deps.urlReader }),
      engines: engines.map(engine => engine.name),
      targets: new Map(
        (config?.getOptionalConfigArray('slo.documents') ?? []).map(one => [
          one.getString('subject'),
          one.getString('target'),
        ]),
      ),
    }),
    counts: new CountService({
      series,
      keeper: new CountKeeper({ ...deps, series, memory, wholeFromMs }),
      telemetry,
      countBelow,
      engines,
      logger: deps.logger,
    }),
    groups: new SegmentGroups({
      telemetry,
      engines,
      subjects: deps.subjects,
      minimums: groupMinimums(
        deps.subjects,
        config?.getOptionalNumber('telemetry.minimumGroupSize') ??
          LEAST_GROUP_SIZE,
      ),
    }),
    memory,
    statuses,
    corrections,
    notices,
    burnWindows,
    policies,
  });
  const answers = createSloAnswers({
    db,
    clock,
    store,
    corrections,
    past: new PastObjectives({
      store,
      ledgerAnswers: deps.ledgerAnswers,
      burnWindows,
    }),
  });
  const tell = createTell(deps);
  return {
    answers,
    registerRoutes: (binder, access) =>
      registerSloRoutes(binder, access, {
        answers,
        store,
        corrections: new CorrectionService({
          ...deps,
          store: corrections,
          documents: store,
        }),
        burnWindows,
        engines,
        clock,
      }),
    tasks: [
      {
        id: 'slo-evaluate',
        everySeconds:
          config?.getOptionalNumber('slo.evaluateEverySeconds') ??
          defaultEverySeconds,
        run: () => service.evaluate(clock.nowMs()),
      },
      {
        id: 'slo-notify',
        everySeconds: notifyEverySeconds,
        run: async () => {
          await notices.relay(notice => tell(messageOf(notice)));
        },
      },
    ],
  };
}
