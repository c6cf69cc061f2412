import {
  isDone,
  nameOfOrder,
  OrderClient,
  OrderReply,
  outcomeOfFound,
  outcomeOfQuestion,
  outcomeOfReply,
  outcomeOrFound,
  RollbackManager,
  RollbackOrder,
  RollbackOutcome,
} from '@ai-assurance/backstage-plugin-ai-assurance-node';
import { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { z } from 'zod';
import { isPlain } from './core/selection';

/**
 * Names and meanings: hawkBit Management API (0.9, 2026): `MgmtDistributionSet`, `MgmtRolloutRestRequestBodyPost`,
 * `MgmtRolloutResponseBody`, and the operations `pause` and `resume` of a rollout.
 */
const id = z.int().nonnegative();
const setsSchema = z.object({
  content: z.array(
    z.object({
      id,
      name: z.string(),
      version: z.string(),
      complete: z.boolean().nullish(),
      deleted: z.boolean().nullish(),
      valid: z.boolean().nullish(),
    }),
  ),
});
const rolloutsSchema = z.object({
  content: z.array(z.object({ id, name: z.string(), status: z.string() })),
});
const createdSchema = z.object({ id });

/** Rollouts of one version that are looked through; more at once are nobody's plan. */
const rolloutLimit = 100;
/** A rollout that is over reaches no further device. */
const overStates = ['finished', 'stopped', 'deleted', 'approval_denied'];

/** How long a rollout that was paused for nothing may take to go on. */
const resumeMs = 5_000;

/** Puts the distribution set of an earlier version back by a rollout of its own. */
export function createHawkbitManager(client: OrderClient): RollbackManager {
  return {
    id: 'hawkbit',
    title: 'hawkBit',
    route(config, path) {
      const setName = readSetName(config, path);
      return {
        address: `${client.baseUrl}/rest/v1/rollouts`,
        what: `a forced rollout of distribution set ${setName} in the version to bring back, to every device that the version to take back is assigned to; running rollouts of that one are paused`,
        send: (order, signal) => send(client, setName, order, signal),
        find: (order, signal) => find(client, order, signal),
      };
    },
  };
}

function readSetName(config: Config, path: string): string {
  const name = config.getString('distributionSet');
  if (isPlain(name)) return name;
  throw new InputError(
    `${path}.distributionSet: letters, digits, spaces and ._+@/-, at most 127`,
  );
}

async function send(
  client: OrderClient,
  setName: string,
  order: RollbackOrder,
  signal: AbortSignal,
): Promise<RollbackOutcome> {
  const { fromVersion, toVersion } = order;
  if (!isPlain(fromVersion) || !isPlain(toVersion))
    return refusal('VERSION_UNNAMEABLE');
  const ask = (part: string, q: string) =>
    client.tell({
      method: 'GET',
      path: ['rest', 'v1', part],
      parameters: { q, offset: 0, limit: rolloutLimit },
      signal,
    });

  const sets = await ask(
    'distributionsets',
    `name=='${setName}';version=='${toVersion}'`,
  );
  const found = read(sets, setsSchema);
  if (!found) return outcomeOfQuestion(sets);
  // hawkBit compares without regard to case on some databases.
  const set = found.content.find(
    one => one.name === setName && one.version === toVersion,
  );
  if (!set) return refusal('VERSION_NOT_THERE');
  if (set.complete === false || set.deleted === true || set.valid === false)
    return refusal('VERSION_UNUSABLE');

  const running = await ask(
    'rollouts',
    `distributionset.name=='${setName}';distributionset.version=='${fromVersion}'`,
  );
  const rollouts = read(running, rolloutsSchema);
  if (!rollouts) return outcomeOfQuestion(running);
  const going = rollouts.content.filter(
    ({ status }) => !overStates.includes(status) && status !== 'paused',
  );
  const turn = (rolloutId: number, how: 'pause' | 'resume', until = signal) =>
    client.tell({
      method: 'POST',
      path: ['rest', 'v1', 'rollouts', String(rolloutId), how],
      signal: until,
    });
  // Paused first: a device that got the version meanwhile would not be among those that the rollback reaches.
  const paused: number[] = [];
  let isAsBefore = true;
  for (const { id: rolloutId } of going) {
    const reply = await turn(rolloutId, 'pause');
    if (isDone(reply)) paused.push(rolloutId);
    // It may stand still, and nobody knows.
    else if (outcomeOfReply(reply).state === 'unanswered') isAsBefore = false;
  }

  const created = await client.tell({
    method: 'POST',
    path: ['rest', 'v1', 'rollouts'],
    json: {
      // hawkBit itself refuses a second rollout of the name.
      name: nameOfOrder(order),
      description: `Ordered in AI Assurance for ${order.subject}: ${toVersion} instead of ${fromVersion}`,
      distributionSetId: set.id,
      targetFilterQuery: `assignedds.name=='${setName}' and assignedds.version=='${fromVersion}'`,
      amountGroups: 1,
      type: 'forced',
      // In one request: it starts by itself once its devices are found.
      startAt: order.orderedAtMs,
    },
    signal,
  });
  if (isDone(created)) {
    const rollout = read(created, createdSchema);
    return {
      state: 'accepted',
      status: created.status,
      code: paused.length < going.length ? 'STILL_ROLLING' : null,
      reference: rollout ? `rollout/${rollout.id}` : null,
    };
  }
  const outcome = outcomeOfReply(created);
  if (outcome.state === 'unanswered')
    return outcomeOrFound(outcome, until => find(client, order, until));
  // Nothing was put back, so that nothing stays stopped.
  for (const rolloutId of paused) {
    const reply = await turn(
      rolloutId,
      'resume',
      AbortSignal.timeout(resumeMs),
    );
    if (!isDone(reply)) isAsBefore = false;
  }
  return isAsBefore ? outcome : { ...outcome, code: 'LEFT_PAUSED' };
}

async function find(
  client: OrderClient,
  order: RollbackOrder,
  signal: AbortSignal,
): Promise<RollbackOutcome | undefined> {
  const name = nameOfOrder(order);
  const reply = await client.tell({
    method: 'GET',
    path: ['rest', 'v1', 'rollouts'],
    parameters: { q: `name=='${name}'`, offset: 0, limit: 1 },
    signal,
  });
  const rollout = read(reply, rolloutsSchema)?.content.find(
    one => one.name === name,
  );
  // That it is not there now does not tell that it will not be: the order may still be on its way.
  if (!rollout) return undefined;
  return outcomeOfFound(`rollout/${rollout.id}`);
}

function read<T>(reply: OrderReply, schema: z.ZodType<T>): T | undefined {
  if (!isDone(reply)) return undefined;
  const reading = schema.safeParse(reply.body);
  return reading.success ? reading.data : undefined;
}

function refusal(code: string): RollbackOutcome {
  return { state: 'refused', status: null, code, reference: null };
}
