import { createPermission } from '@backstage/plugin-permission-common';

// The resource of the subject-bound permissions is the catalog entity itself, so that a policy can use the catalog's own
// conditions (ownership, annotation, label) instead of a second rule set.
const RESOURCE_TYPE_CATALOG_ENTITY = 'catalog-entity';

/** Read everything the suite shows. Role: reader. @public */
export const assuranceReadPermission = createPermission({
  name: 'ai-assurance.assurance.read',
  attributes: { action: 'read' },
});

/** Push telemetry over OTLP. Machines hold it by external access token; of people, administrators alone. @public */
export const telemetryWritePermission = createPermission({
  name: 'ai-assurance.telemetry.write',
  attributes: { action: 'create' },
});

/** Push evidence as CloudEvents. Role: contributor. @public */
export const evidencePushPermission = createPermission({
  name: 'ai-assurance.evidence.push',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/** Propose or withdraw a release of a model that one owns. Role: contributor. @public */
export const releaseProposePermission = createPermission({
  name: 'ai-assurance.release.propose',
  attributes: { action: 'create' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/** Vote on a release. Role: approver; separation of duties is checked besides. @public */
export const releaseVotePermission = createPermission({
  name: 'ai-assurance.release.vote',
  attributes: { action: 'update' },
});

/** Approve a reference window for drift. Role: approver. @public */
export const referenceApprovePermission = createPermission({
  name: 'ai-assurance.reference.approve',
  attributes: { action: 'create' },
});

/** Export an audit pack. Role: auditor. @public */
export const packExportPermission = createPermission({
  name: 'ai-assurance.pack.export',
  attributes: { action: 'read' },
});

/**
 * See what was refused at the door and why, with its bytes. Roles: contributor, auditor, administrator.
 * @public
 */
export const quarantineReadPermission = createPermission({
  name: 'ai-assurance.quarantine.read',
  attributes: { action: 'read' },
});

/**
 * Replay or discard a quarantined item. Judged on the subject that the item names; one that names no known subject is for
 * administrators. Role: contributor, on what one owns.
 * @public
 */
export const quarantineResolvePermission = createPermission({
  name: 'ai-assurance.quarantine.resolve',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/** Erase the payload of an item for good, with a reason. Role: administrator. @public */
export const evidenceRedactPermission = createPermission({
  name: 'ai-assurance.evidence.redact',
  attributes: { action: 'delete' },
});

/** Have the whole ledger derived again from its stored bytes. Roles: auditor, administrator. @public */
export const ledgerCheckPermission = createPermission({
  name: 'ai-assurance.ledger.check',
  attributes: { action: 'read' },
});

/**
 * Leave a stretch of time out of the corrected error budget of an objective, with a reason. Role: contributor, on what one
 * owns.
 * @public
 */
export const objectiveCorrectPermission = createPermission({
  name: 'ai-assurance.objective.correct',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/**
 * Open an incident, move it on, and vouch for a runbook. Roles: contributor, on what one owns; fleet operator.
 * @public
 */
export const incidentManagePermission = createPermission({
  name: 'ai-assurance.incident.manage',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/** Order a service to be put back to an earlier version. Role: fleet operator. @public */
export const rollbackOrderPermission = createPermission({
  name: 'ai-assurance.rollback.order',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_CATALOG_ENTITY,
});

/** All permissions of the plugin. @public */
export const aiAssurancePermissions = [
  assuranceReadPermission,
  telemetryWritePermission,
  evidencePushPermission,
  releaseProposePermission,
  releaseVotePermission,
  referenceApprovePermission,
  packExportPermission,
  quarantineReadPermission,
  quarantineResolvePermission,
  evidenceRedactPermission,
  ledgerCheckPermission,
  incidentManagePermission,
  rollbackOrderPermission,
  objectiveCorrectPermission,
];
