import { z } from 'zod';

/**
 * What is read of Mender's answers. Everything else is dropped here and never seen again: the deployment's name, groups,
 * filter and configuration, which may name single devices.
 *
 * Names and meanings: Mender Server, Management API "Deployments" v1 and v2 (OpenAPI of Mender Server 4, 2026): schemas
 * `DeploymentV1`, `DeploymentV2`, `Statistics`, `DeviceStatus`.
 */
const count = z.int().nonnegative();
const instant = z.iso.datetime({ offset: true });

/** The states in which Mender counts devices, in the order in which a device goes through them. */
export const deviceStates = [
  'pending',
  'downloading',
  'pause_before_installing',
  'installing',
  'pause_before_rebooting',
  'rebooting',
  'pause_before_committing',
  'success',
  'failure',
  'noartifact',
  'already-installed',
  'aborted',
  'decommissioned',
] as const;

/** A state in which Mender counts devices. */
export type DeviceState = (typeof deviceStates)[number];

const deploymentSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/),
  artifact_name: z.string().min(1).max(500),
  status: z.enum(['scheduled', 'pending', 'inprogress', 'finished']),
  created: instant,
  finished: instant.nullish(),
  device_count: count,
  initial_device_count: count.nullish(),
  type: z.string().nullish(),
});

export const deploymentsSchema = z.array(deploymentSchema);
export const statisticsSchema = z.partialRecord(z.enum(deviceStates), count);

/** A deployment as far as it is read. */
export type MenderDeployment = z.infer<typeof deploymentSchema>;
/** How many devices of a deployment are in each state. */
export type MenderStatistics = z.infer<typeof statisticsSchema>;
