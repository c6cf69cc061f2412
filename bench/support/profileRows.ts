/** Columns of a stretch of rows. */
export interface ProfileRows {
  amount: (number | string)[];
  country: string[];
  cohort: string[];
  device: string[];
}

/** The same rows in every run: amounts like a bell, one in a hundred missing, of 40 countries, 4 cohorts and 5,000 devices. */
export function* profileRows(
  rowCount: number,
  partSize: number,
): Generator<ProfileRows> {
  let state = 20_261_122;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // eslint-disable-line no-bitwise
    return state / 2 ** 32;
  };
  for (let from = 0; from < rowCount; from += partSize) {
    const rows: ProfileRows = {
      amount: [],
      country: [],
      cohort: [],
      device: [],
    };
    for (let i = from; i < Math.min(rowCount, from + partSize); i += 1) {
      const amount = Math.round((next() + next() + next() + next()) * 25_000);
      const device = Math.floor(next() * 5_000);
      rows.amount.push(i % 100 === 0 ? '' : amount / 100);
      rows.country.push(`C${Math.floor(next() * 40)}`);
      rows.cohort.push(`resource:default/cohort-${device % 4}`);
      rows.device.push(`device-${device}`);
    }
    yield rows;
  }
}
