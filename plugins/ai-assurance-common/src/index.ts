/**
 * Words, verdicts, wire schemas and permissions shared by the AI Assurance backend and frontend.
 *
 * @packageDocumentation
 */
import * as wireShapes from './wire/shapes';

export * from './model/subjects';
export * from './verdict/verdict';
export * from './units/format';
export * from './statistics/statisticTitle';
export * from './statistics/wilson';
export * from './permissions/permissions';
export * from './wire/types';
export { wireShapes };
export { openApiDocument } from './wire/openApi';
export {
  asOfQueryOf,
  operations,
  writtenResponseOf,
  type Field,
  type InputOf,
  type ShapeOf,
  type Operation,
  type OperationName,
  type ParamsOf,
  type QueryOf,
  type QueryInputOf,
  type BodyOf,
  type AnswerOf,
} from './wire/contract';
