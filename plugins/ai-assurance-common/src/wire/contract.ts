import { z } from 'zod';
import { evidenceItemSchema } from '@ai-assurance/evidence';
import { subjectsOperations } from './operations/subjects';
import { objectivesOperations } from './operations/objectives';
import { incidentsOperations } from './operations/incidents';
import { actionsOperations } from './operations/actions';
import { scorecardsOperations } from './operations/scorecards';
import { releasesOperations } from './operations/releases';
import { referencesOperations } from './operations/references';
import { evidenceOperations } from './operations/evidence';
import { ledgerOperations } from './operations/ledger';
import { quarantineOperations } from './operations/quarantine';
import { collectorsOperations } from './operations/collectors';
import { evaluationsOperations } from './operations/evaluations';
import { importsOperations } from './operations/imports';
import { auditOperations } from './operations/audit';
import { driftOperations } from './operations/drift';
import { telemetryOperations } from './operations/telemetry';

export {
  asOfQueryOf,
  writtenResponseOf,
  type Operation,
} from './operations/define';

/** Every JSON operation of `/api/ai-assurance`. @public */
export const operations = {
  ...subjectsOperations,
  ...objectivesOperations,
  ...incidentsOperations,
  ...actionsOperations,
  ...scorecardsOperations,
  ...releasesOperations,
  ...referencesOperations,
  ...driftOperations,
  ...evidenceOperations,
  ...ledgerOperations,
  ...quarantineOperations,
  ...collectorsOperations,
  ...importsOperations,
  ...evaluationsOperations,
  ...auditOperations,
  ...telemetryOperations,
};

/** @public */
export type OperationName = keyof typeof operations;

/** Helper of the types below. @public */
export type ShapeOf<T> = T extends z.ZodType ? z.output<T> : undefined;
/** Helper of the types below. @public */
export type InputOf<T> = T extends z.ZodType ? z.input<T> : undefined;
/** Helper of the types below. @public */
export type Field<T, K extends string> = T extends Record<K, infer V>
  ? V
  : undefined;

/** Parsed path parameters of an operation. @public */
export type ParamsOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'params'>
>;
/** Parsed query of an operation. @public */
export type QueryOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'query'>
>;
/** What a caller may send as query. @public */
export type QueryInputOf<N extends OperationName> = InputOf<
  Field<(typeof operations)[N], 'query'>
>;
/** Body of an operation. @public */
export type BodyOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'body'>
>;
/** JSON answer of an operation. A read with `asOf` answers an {@link AsOfNote} in `asOf` beside it. @public */
export type AnswerOf<N extends OperationName> = ShapeOf<
  Field<(typeof operations)[N], 'response'>
>;

/** One item of evidence on the wire. @public */
export { evidenceItemSchema };
