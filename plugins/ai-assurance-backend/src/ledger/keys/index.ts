export { keyAt, KeyBook, type LedgerKey } from './KeyBook';
export { lockCounter, openKeys, type OpenedKeys } from './openKeys';
export { requireCurrentKey } from './requireCurrentKey';
export { rotateKey } from './rotateKey';
