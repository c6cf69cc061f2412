export { assurancePath, catalogPath } from './catalogPath';
export { systemClock, type Clock } from './clock';
export { systemChance, type Chance } from './chance';
export { ulidIds, type Ids } from './ids';
export { closeRoutes, tooLarge } from './errors';
export { withCode } from './withCode';
export {
  openDatabase,
  readBigint,
  type Db,
  type Dialect,
  type Tx,
} from './database';
export {
  copyBytes,
  type CopiedRow,
  copyIn,
  copyNull,
  copyOut,
  copyText,
  insertRows,
  joinNewest,
  numberPairs,
  postgresQuery,
  type PreparedRead,
  readPrepared,
  sqliteStatement,
  withSqliteStatement,
  updateRows,
} from './dialect';
export { createGroupWriter, type GroupWriter } from './groupWriter';
export { isStoreAway } from './storeAway';
export {
  createOutbox,
  type Outbox,
  type OutboxMessage,
  type OutboxRow,
} from './outbox';
export { postgresAlone } from './postgresAlone';
export {
  createAccess,
  createBinder,
  inputErrorFrom,
  machineOf,
  type Access,
  type Binder,
  type Call,
  type Caller,
} from './http';
export { mapInChunks } from './inChunks';
export { createAsOf, wholeMinuteMs, type AsOf } from './asOf';
export { readMachines, type Machines } from './machines';
export { type Task } from './task';
export {
  isThreadFile,
  OUT_OF_MEMORY,
  Thread,
  type ThreadOptions,
} from './thread';
export { createTaskRunner } from './taskRunner';
export { instantOf } from './instant';
export { readYaml } from './yaml';
export { parseYamlDocuments } from './yamlDocuments';
export { createHostLimiter, createLimiter, type Limiter } from './limiter';
export { createUrlFiles, type UrlFile, type UrlFiles } from './urlFiles';
export {
  createTell,
  type Message,
  type Notifications,
  type Tell,
} from './people';
export { pageOf } from './pageOf';
export { Remembered } from './remembered';
export { dueForRenewal } from './renewals';
