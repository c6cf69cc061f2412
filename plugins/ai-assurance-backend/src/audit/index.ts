export { createAudit, type AuditDeps, type AuditRoom } from './createAudit';
