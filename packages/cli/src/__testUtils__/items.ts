/** An item as it is handed in, as far as the server of these tests looks. */
export const item = (n: number, more: object = {}) => ({
  source: '/pipelines/digit-reader',
  id: `run-${n}`,
  subject: 'component:default/digit-api',
  value: n,
  ...more,
});

export const lines = (items: object[]) =>
  items.map(each => `${JSON.stringify(each)}\n`).join('');
