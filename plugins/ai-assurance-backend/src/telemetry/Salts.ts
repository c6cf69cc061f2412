import { hash } from 'node:crypto';
import { Chance, Db, readBigint, Tx } from '../platform';
import { DeviceHash } from './core/accumulate';

const DAY_MS = 86_400_000;
const SALT_BYTES = 32;

interface DaySalt {
  day: number;
  salt: string;
}

/** Hashes names of devices with the salt of one day. */
export interface DeviceHasher {
  day: number;
  hash(device: string): DeviceHash;
}

/**
 * Secrets that identities of senders are hashed with. That of devices is made anew for each day (UTC) and the old one is
 * deleted, in memory and in the database: from then on nobody can tell what a hash stands for, or compare those of two days.
 */
export class Salts {
  readonly #db: Db;
  readonly #chance: Chance;
  #streams: string | undefined;
  #devices: DaySalt | undefined;

  constructor(deps: { db: Db; chance: Chance }) {
    this.#db = deps.db;
    this.#chance = deps.chance;
  }

  /** Hashes what names a device, with the salt of today. */
  async deviceHasher(nowMs: number): Promise<DeviceHasher> {
    const { day, salt } = await this.#ofDay(Math.floor(nowMs / DAY_MS));
    return {
      day,
      hash: device => ({
        day,
        hash: parseInt(hash('sha256', salt + device).slice(0, 8), 16),
      }),
    };
  }

  /** Hashes what tells cumulative streams apart. The salt stays, since the streams go on. */
  async streamHasher(): Promise<(identity: string) => string> {
    this.#streams ??= await this.#db.transaction(async tx => {
      await this.#insert(tx, 'streams', 0);
      const row = await tx('telemetry_salt')
        .where({ purpose: 'streams' })
        .first();
      return row.salt as string;
    });
    const salt = this.#streams;
    return identity => hash('sha256', salt + identity);
  }

  async #ofDay(today: number): Promise<DaySalt> {
    if (this.#devices && this.#devices.day >= today) return this.#devices;
    this.#devices = undefined;
    this.#devices = await this.#db.transaction(async tx => {
      const known = await newestSalt(tx);
      // Another replica whose clock is a little ahead may have begun the next day already.
      if (known && known.day >= today) return known;
      await this.#insert(tx, 'devices', today);
      await tx('telemetry_salt')
        .where({ purpose: 'devices' })
        .andWhere('telemetry_salt.day', '<', today)
        .delete();
      return (await newestSalt(tx))!;
    });
    return this.#devices;
  }

  async #insert(tx: Tx, purpose: string, day: number): Promise<void> {
    await tx('telemetry_salt')
      .insert({
        purpose,
        day,
        salt: Buffer.from(this.#chance.bytes(SALT_BYTES)).toString('hex'),
      })
      .onConflict(['purpose', 'day'])
      .ignore();
  }
}

async function newestSalt(tx: Tx): Promise<DaySalt | undefined> {
  const row = await tx('telemetry_salt')
    .where({ purpose: 'devices' })
    .orderBy('telemetry_salt.day', 'desc')
    .first();
  return row && { day: readBigint(row.day), salt: row.salt };
}

/** Deletes the salts of days that are over, whether or not anything came in since. */
export async function forgetOldSalts(db: Db, nowMs: number): Promise<void> {
  await db
    .knex('telemetry_salt')
    .where({ purpose: 'devices' })
    .andWhere('telemetry_salt.day', '<', Math.floor(nowMs / DAY_MS))
    .delete();
}
