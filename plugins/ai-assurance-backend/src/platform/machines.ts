import { Config } from '@backstage/config';

/** What machines may do: whose evidence the subject of an access token may push, and whose releases it may propose. */
export interface Machines {
  /** Whether the machine may act about this entity. */
  mayOn(machine: string, entityRef: string): Promise<boolean>;
  /** Whether there is anything at all that the machine may act about. */
  maySomewhere(machine: string): boolean;
  /** Whether it may act about anything, known to the catalog or not. */
  mayEverywhere(machine: string): boolean;
}

interface Rights {
  subjects: Set<string>;
  ownedBy: Set<string>;
}

const entityRef = /^[a-z0-9]+:[a-z0-9._-]+\/[a-z0-9._-]+$/;

function refsOf(config: Config, key: string, others: string[] = []): string[] {
  const refs = config.getOptionalStringArray(key) ?? [];
  return refs.map(ref => {
    const lower = ref.toLocaleLowerCase('en-US');
    if (!others.includes(ref) && !entityRef.test(lower)) {
      throw new Error(
        `aiAssurance.machines: ${key} holds "${ref}", which is no entity reference in full form, such as resource:default/digit-reader`,
      );
    }
    return lower;
  });
}

/**
 * Reads `aiAssurance.machines`. A machine is known by the subject of its access token; one that is not listed may act about
 * nothing. Backstage never asks the permission policy about machines, so that this list is what keeps a token to its
 * subjects. Throws when the list cannot be used.
 */
export function readMachines(
  config: Config,
  entities: { get(ref: string): Promise<{ ownerRef?: string } | undefined> },
): Machines {
  const machines = new Map<string, Rights>();
  const list = config.getOptionalConfigArray('aiAssurance.machines') ?? [];
  for (const entry of list) {
    const subject = entry.getString('subject');
    if (machines.has(subject))
      throw new Error(
        `aiAssurance.machines lists ${subject} twice. Put all of its subjects into one entry.`,
      );
    machines.set(subject, {
      subjects: new Set(refsOf(entry, 'contributor.subjects', ['*'])),
      ownedBy: new Set(refsOf(entry, 'contributor.ownedBy')),
    });
  }
  return {
    async mayOn(machine, ref) {
      const rights = machines.get(machine);
      if (!rights) return false;
      if (rights.subjects.has('*') || rights.subjects.has(ref)) return true;
      if (rights.ownedBy.size === 0) return false;
      const owner = (await entities.get(ref))?.ownerRef;
      return owner !== undefined && rights.ownedBy.has(owner);
    },
    maySomewhere(machine) {
      const rights = machines.get(machine);
      return (
        rights !== undefined && rights.subjects.size + rights.ownedBy.size > 0
      );
    },
    mayEverywhere: machine => machines.get(machine)?.subjects.has('*') ?? false,
  };
}
